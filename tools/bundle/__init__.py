"""`make bundle`: the packaged program, one folder and a Debian package, built from the locked environment."""

# Everything is in tools/dev.py, which needs nothing but Python; Windows users call it directly.
# Options after the verb: make run ARGS="--log shop.eventmon"
PYTHON ?= python3

.PHONY: run test check bench soak screenshots bundle lock
run test check bench soak screenshots bundle lock:
	@$(PYTHON) tools/dev.py $@ $(ARGS)

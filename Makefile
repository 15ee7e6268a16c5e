# `make demo` and `make test` are all that a newcomer needs. Each installs what is missing first.
APP ?= tapd

# Hundreds of daemons at once would starve each other, and what a test waits for would come too late.
SWIFT_TEST = swift test --experimental-maximum-parallelization-width 6

.PHONY: demo test test-browser test-kernel test-long bench examples format lint

demo: ## Build and run the daemon on a board that does not exist; open the printed address.
	@Scripts/install-dependencies.sh
	swift build --product $(APP)
	@$$(swift build --show-bin-path)/$(APP) demo

test: ## Unit, property and page tests.
	@Scripts/install-dependencies.sh
	$(SWIFT_TEST)

test-browser: ## Every page in headless Chromium.
	@Scripts/install-dependencies.sh
	Tests/Browser/run.sh

test-kernel: ## The real daemon on a real kernel's GPIO lines and spidev, in user-mode Linux.
	Tests/Kernel/run.sh

test-long: ## The same with more seeds, more damage and 500 kills of each daemon; some hours.
	@Scripts/install-dependencies.sh
	PI_DISPENSE_SLOW=1 $(SWIFT_TEST)
	Tests/ThreadSanitizer/run.sh
	PI_DISPENSE_SLOW=1 Tests/Kernel/run.sh

bench: ## Our figures beside what one would take instead, in one run.
	Benchmarks/run.sh

examples: ## The programs in Examples/.
	@Scripts/install-dependencies.sh
	swift build --package-path Examples

format: ## Lay out all Swift files.
	swift format --in-place --recursive Package.swift Sources Tests Examples Benchmarks

lint: ## Fail where `make format` would change something.
	swift format lint --strict --recursive Package.swift Sources Tests Examples Benchmarks

# SPDX-License-Identifier: GPL-2.0
#
# tcpwatch: the module (Kbuild, kmod/), the reader (userspace/), the tests and their VM
# (selftests/). `make help` lists the targets.

KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build
PREFIX ?= /usr/local
MANDIR ?= $(PREFIX)/share/man
TESTS ?=
KERNELS ?=

VM := selftests/vm

.PHONY: all headers module userspace selftests install install-config uninstall clean help \
	deb deps demo readme test test-storms test-kernels test-debug test-kselftests test-packages \
	test-browser test-suspend test-hours bench bench-check bench-time fuzz vm lint

all: module userspace

help:
	@echo 'Building, for this machine:'
	@echo '  all        the module for the running kernel, and the reader'
	@echo '  module     the module alone'
	@echo '  userspace  the reader alone'
	@echo '  install    both, under PREFIX=/usr/local (DESTDIR= for packages)'
	@echo '  uninstall  what install put there'
	@echo '  deb        packages for Debian and Ubuntu, in packages/: tcpwatch, tcpwatch-dkms'
	@echo '  clean      remove what was built'
	@echo '  KVER=RELEASE or KDIR=HEADERS: for another kernel than the running one'
	@echo 'In a test VM, which changes nothing of this machine:'
	@echo '  demo       see it work: healthy, leaking, slow and stuck servers'
	@echo '  test       all tests; TESTS="tracing top" for some, by their name or their suite'"'"'s'
	@echo '  test-kernels  all tests on Linux 5.10, 6.1, 6.12 and 7.3, each in a root of its own'
	@echo '             release of Debian (made once; only root can); KERNELS="7.3 7.3-rt" for some'
	@echo '  test-debug the same on kernels that find what is wrong, built for it (half an'
	@echo '             hour, once): one with KASAN, lockdep, kmemleak and the like, one with KCSAN;'
	@echo '             KERNELS=kasan for one of them'
	@echo '  test-storms  100,000 sockets held, and 300 rounds of everything at once on 4 CPUs;'
	@echo '             an hour; KERNELS="kasan kcsan" for the same on these, up to three hours each'
	@echo '  test-kselftests  the kernel'"'"'s own tests of TCP, with the module and without'
	@echo '  test-packages  the packages installed, upgraded and purged (half an hour)'
	@echo '  test-suspend  the machine sleeps, and wakes'
	@echo '  test-hours    ages of sockets that have waited for hours'
	@echo '  test-browser  the pages of tcpwatch report, in a Chromium'
	@echo '  bench      what it costs, in instructions, beside conntrack, ss, tcpstates and others,'
	@echo '             with 100 to 100,000 sockets (ten minutes)'
	@echo '  bench-time  what nginx answers in a second, with the module, with conntrack and without;'
	@echo '             needs KVM'
	@echo '  bench-check  the same, as far as there are budgets, which must be kept (some minutes)'
	@echo '  readme     what README.md shows, anew'
	@echo '  vm         a shell with the module loaded'
	@echo 'Without running the module:'
	@echo '  fuzz       the parsers of the reader, under libFuzzer'
	@echo '  lint       checkpatch, sparse, clang-tidy, shellcheck: silent if all is well'
	@echo '  deps       install what these need (they do it themselves), as root'

headers:
	@test -e '$(KDIR)/Makefile' || { \
		echo 'No kernel headers in $(KDIR).'; \
		echo 'Install them: apt-get install linux-headers-$(KVER)'; \
		echo 'or name others: make KVER=RELEASE, make KDIR=FOLDER.'; \
		echo 'To see it work without them: make demo.'; exit 1; } >&2

module: headers
	$(MAKE) -C '$(KDIR)' M='$(CURDIR)' modules

userspace:
	$(MAKE) -C userspace

selftests:
	$(MAKE) -C selftests

# What uname -r says on the kernel that KDIR is of, which may be another than the running one.
release = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' '$(KDIR)/include/generated/utsrelease.h')
reader = $(MAKE) -C userspace DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' BINDIR='$(PREFIX)/sbin'

# depmod by hand, as the kernel's makefile leaves it out where there is no System.map; not signed
# where there is no key, as with a distribution's headers.
install: all
	$(MAKE) -C '$(KDIR)' M='$(CURDIR)' modules_install \
		INSTALL_MOD_PATH='$(DESTDIR)' INSTALL_MOD_DIR=extra DEPMOD=true \
		$(if $(wildcard $(KDIR)/certs/signing_key.pem),,CONFIG_MODULE_SIG_ALL=)
	$(if $(DESTDIR),,depmod '$(release)')
	$(MAKE) install-config
	$(reader) install

# The module's manual pages, how it is loaded at boot, and with what settings.
install-config:
	for section in 4 5; do \
		install -D -m 0644 "kmod/man/tcpwatch.$$section" \
			'$(DESTDIR)$(MANDIR)/man'"$$section/tcpwatch.$$section" || exit; done
	for kind in modules-load modprobe sysctl; do \
		install -D -m 0644 "kmod/config/$$kind.conf" \
			'$(DESTDIR)$(PREFIX)/lib/'"$$kind.d/tcpwatch.conf" || exit; done

uninstall: headers
	$(RM) '$(DESTDIR)/lib/modules/$(release)/extra/'tcpwatch.ko*
	$(if $(DESTDIR),,depmod '$(release)')
	$(RM) $(foreach section,4 5,'$(DESTDIR)$(MANDIR)/man$(section)/tcpwatch.$(section)')
	$(RM) $(foreach kind,modules-load modprobe sysctl, \
		'$(DESTDIR)$(PREFIX)/lib/$(kind).d/tcpwatch.conf')
	$(reader) uninstall

# In a copy of what is committed or about to be, as it leaves its traces where it builds.
deb: deps
	@debian/build.sh

clean:
	test ! -e '$(KDIR)/Makefile' || $(MAKE) -C '$(KDIR)' M='$(CURDIR)' clean
	$(MAKE) -C userspace clean
	$(MAKE) -C selftests clean
	$(MAKE) -C selftests/fuzz clean

deps:
	@$(VM)/deps.sh

demo: deps
	@$(VM)/vm.sh demo

# What README.md shows is what was seen.
readme: deps
	@selftests/demo/make_readme.sh
	@$(MAKE) -C userspace readme

test: deps
	@$(VM)/vm.sh test $(TESTS)

test-kernels: deps
	@$(VM)/kernels.sh $(KERNELS) -- $(TESTS)

test-debug: deps
	@$(VM)/test_debug.sh $(KERNELS) -- $(TESTS)

# What these tests do in small every time.
test-storms: export CROWD := 100000
test-storms: export STORM_ROUNDS := 300
test-storms: export WAIT_LIMIT_S := 900
test-storms: export kselftest_override_timeout := 14400
test-storms: export VM_PASS := CROWD STORM_ROUNDS WAIT_LIMIT_S kselftest_override_timeout
test-storms: export VM_CPUS := 4
test-storms: export VM_MEMORY := 4G
test-storms: export VM_LIMIT := 14400
test-storms: deps
	@$(if $(KERNELS),$(VM)/test_debug.sh $(KERNELS) --,$(VM)/vm.sh test) crowd storm

test-kselftests: deps
	@$(VM)/vm.sh test unchanged

# Apart, as DKMS builds the module twice in the VM, which takes longer than all else there.
test-packages: deps
	@$(VM)/packages.sh

test-browser: deps
	@$(VM)/browser.sh

test-suspend: deps
	@$(VM)/suspend.sh

# The VM's clock goes by instructions, and while all wait it takes no time: as for bench.
test-hours: export CLOCK_OF_INSTRUCTIONS := 1
test-hours: export QEMU_EXTRA := -icount shift=0,sleep=off
test-hours: export VM_CPUS := 1
test-hours: export VM_PASS := CLOCK_OF_INSTRUCTIONS kselftest_override_timeout
test-hours: export kselftest_override_timeout := 36000
test-hours: deps
	@$(VM)/vm.sh test hours

bench:
	@$(VM)/deps.sh --bench
	@selftests/bench/bench.sh

# Where KVM works.
bench-time:
	@$(VM)/deps.sh --bench
	@selftests/bench/bench.sh time

bench-check: deps
	@selftests/bench/bench.sh check

fuzz: deps
	@$(MAKE) -C selftests/fuzz run

vm: deps
	@$(VM)/vm.sh shell

lint: deps
	@selftests/lint.sh

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# port.sh for ports that an IPv6 socket has.

# shellcheck disable=SC2034 # it is for that
FAMILY=6
# shellcheck source=selftests/port.sh
. "$(dirname "$0")/port.sh"

#!/bin/sh
# Answers as a peer of step and of averaging does, and computes nothing: a second for everything.
case " $* " in
  *" --bare "*) echo '{"torch": "none", "images_per_s": 1}' ;;
  *)
    while [ "$#" -gt 0 ] && [ "$1" != --elements ]; do shift; done
    shift
    for elements; do echo "{\"elements\": $elements, \"median_s\": 1}"; done
    ;;
esac

# Sourced by scenarios whose card reader is on a serial line, after lib.sh: such a reader repeats a card's number as
# long as it lies there.

serial_line=/dev/serial0
serial_input=/tmp/serial.input serial_card=/tmp/serial.card

start_reader() { start serial-line serial-line $serial_line $serial_input; }

# lay NUMBER: as the reader says it.
lay() {
  : >$serial_card
  while [ -e $serial_card ]; do
    printf '%s\r\n' "$1" >$serial_input
    sleep 0.2
  done &
  reader=$!
}
take_away() {
  rm $serial_card
  wait $reader
}

import PiHAL

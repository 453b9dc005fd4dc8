# InfluxDB line protocol, alone: it needs no other wire format, and the fleet and the benchmarks use it by itself.
dz_library(line_protocol
  SOURCES line_protocol.cpp row_reader.cpp
  LINKS dz_base)
dz_test(line_protocol
  SOURCES line_protocol_test.cpp row_reader_test.cpp
  LINKS dz_line_protocol)

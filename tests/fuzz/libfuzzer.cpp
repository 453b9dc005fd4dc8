// A fuzzer: libFuzzer's main calls the target that DZ_FUZZ_TARGET names.
#include <cstddef>
#include <cstdint>

#include "targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return dz::fuzz::DZ_FUZZ_TARGET(dz::ByteView{data, size});
}

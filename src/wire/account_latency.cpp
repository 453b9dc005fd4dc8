// Accounts of the telemetry program; their types are a numbering of its own.
#include "wire/account_reading.h"

namespace dz::wire {
namespace {

constexpr std::uint8_t kTypeV0 = 1;
constexpr std::uint8_t kType = 3;
constexpr std::size_t kUnused = 104;
constexpr std::size_t kUnusedV0 = 128;
constexpr std::uint8_t kTypeInternet = 4;
constexpr std::size_t kUnusedInternet = 128;

template <typename Io, typename T>
void head_fields(Io& io, T& s) {
  io(s.origin_agent, s.origin_device, s.target_device, s.origin_location, s.target_location, s.link);
  io(s.sampling_interval_us, s.start_timestamp_us);
}

template <typename Io, typename T>
void internet_fields(Io& io, T& s) {
  io(s.epoch);
  io.required(s.data_provider);
  io(s.oracle_agent, s.origin_exchange, s.target_exchange);
  io(s.sampling_interval_us, s.start_timestamp_us);
}

// An account has up to 35,000 samples: they are read and written without the reader.
void append_samples(Bytes& bytes, const std::vector<std::uint32_t>& samples) {
  bytes.reserve(bytes.size() + kSampleSize * samples.size());
  for (const auto rtt : samples) {
    for (std::size_t i = 0; i < kSampleSize; ++i) bytes.push_back(static_cast<std::uint8_t>(rtt >> (8 * i)));
  }
}

struct Head {
  LatencySamples samples;  // without the samples
  std::uint32_t count = 0;
};

// Up to where the samples begin.
Result<Head> read_head(AccountReader& in) {
  Head head;
  std::uint8_t type = 0, bump_of_v0 = 0;
  in(type);
  if (type != kType && type != kTypeV0) {
    return corrupt(fmt::format("expected a DeviceLatencySamples account (type 3 or 1), found type {}", type));
  }
  if (type == kTypeV0) in(bump_of_v0);
  in(head.samples.epoch);
  head_fields(in, head.samples);
  in(head.count);
  if (type == kType) in(head.samples.agent_version, head.samples.agent_commit);
  in.cursor().take(type == kType ? kUnused : kUnusedV0);
  return head;
}

}  // namespace

Result<std::vector<std::uint32_t>> decode_samples(ByteView rest, std::uint32_t count) {
  if (count > rest.size() / kSampleSize) {
    return corrupt(fmt::format("expected {} latency samples as the account says, found room for {}", count,
                               rest.size() / kSampleSize));
  }
  std::vector<std::uint32_t> samples(count);
  for (auto& rtt : samples) {
    rtt = rest[0] | std::uint32_t{rest[1]} << 8 | std::uint32_t{rest[2]} << 16 | std::uint32_t{rest[3]} << 24;
    rest = rest.subspan(kSampleSize);
  }
  return samples;
}

Bytes encode(const LatencySamples& s) {
  BorshWriter out;
  out(kType, s.epoch);
  head_fields(out, s);
  out(static_cast<std::uint32_t>(s.rtt_us.size()), s.agent_version, s.agent_commit);
  out.zeros(kUnused);
  auto bytes = std::move(out).take();
  append_samples(bytes, s.rtt_us);
  return bytes;
}

Result<LatencySamples> decode_latency_samples(ByteView bytes) {
  AccountReader in(bytes);
  DZ_TRY_ASSIGN(auto head, read_head(in));
  DZ_TRY_ASSIGN(head.samples.rtt_us, decode_samples(in.cursor().rest(), head.count));
  return std::move(head.samples);
}

Result<LatencySamples> decode_samples_head(ByteView bytes) {
  if (bytes.size() != kLatencySamplesHead || bytes[0] != kType) {
    return corrupt(fmt::format("expected the first {} bytes of a DeviceLatencySamples account (type 3), found {}",
                               kLatencySamplesHead, bytes.size()));
  }
  AccountReader in(bytes);
  DZ_TRY_ASSIGN(auto head, read_head(in));
  return std::move(head.samples);
}

Result<SamplesProgress> decode_samples_progress(ByteView part) {
  if (part.size() != kSamplesProgressSize) {
    return corrupt(fmt::format("expected {} bytes that tell how many latency samples there are, found {}",
                               kSamplesProgressSize, part.size()));
  }
  AccountReader in(part);
  SamplesProgress progress;
  in(progress.sampling_interval_us, progress.start_timestamp_us, progress.count);
  return progress;
}

Bytes encode(const InternetLatencySamples& s) {
  BorshWriter out;
  out(kTypeInternet);
  internet_fields(out, s);
  out(static_cast<std::uint32_t>(s.rtt_us.size()));
  out.zeros(kUnusedInternet);
  auto bytes = std::move(out).take();
  append_samples(bytes, s.rtt_us);
  return bytes;
}

// As upstream's reader has it: longer than the header of an empty name, and a name of at most 32 bytes.
Result<InternetLatencySamples> decode_internet_latency_samples(ByteView bytes) {
  AccountReader in(bytes);
  InternetLatencySamples s;
  std::uint8_t type = 0;
  std::uint32_t count = 0;
  in(type);
  if (type != kTypeInternet) {
    return corrupt(fmt::format("expected an InternetLatencySamples account (type 4), found type {}", type));
  }
  internet_fields(in, s);
  in(count);
  in.cursor().take(kUnusedInternet);
  const bool nothing_after_head = s.data_provider.empty() && count == 0;
  if (in.broken() || bytes.size() <= kInternetSamplesHead || nothing_after_head ||
      s.data_provider.size() > kMaxDataProvider) {
    return corrupt(
        fmt::format("expected internet latency samples of more than {} bytes and a provider's name of at most {}, "
                    "found {} bytes and a name of {}",
                    kInternetSamplesHead, kMaxDataProvider, bytes.size(), s.data_provider.size()));
  }
  DZ_TRY_ASSIGN(s.rtt_us, decode_samples(in.cursor().rest(), count));
  return s;
}

}  // namespace dz::wire

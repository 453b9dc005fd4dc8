// Pools of addresses and numbers: a head of fixed size, padding up to offset 88, then the bitmap to the end.
#include "base/check.h"
#include "wire/account_reading.h"

namespace dz::wire {
namespace {

constexpr std::size_t kBitmapOffset = 88;
constexpr std::uint8_t kTagIp = 0;
constexpr std::uint8_t kTagId = 1;

void read_pool(AccountReader& in, ResourceExtension& r) {
  in(r.owner, r.bump, r.associated_with);
  std::uint8_t tag = 0xff;
  in(tag);
  if (tag == kTagIp) in((r.ip = ResourceExtension::IpPool{})->base);
  if (tag == kTagId) in((r.id = ResourceExtension::IdPool{})->start, r.id->end);
  in(r.first_free_index);
  if (!r.ip && !r.id) in.mark_broken();
}

}  // namespace

Bytes encode(const ResourceExtension& r) {
  DZ_CHECK(r.ip.has_value() != r.id.has_value());
  BorshWriter out;
  out(static_cast<std::uint8_t>(AccountType::ResourceExtension), r.owner, r.bump, r.associated_with);
  if (r.ip) out(kTagIp, r.ip->base);
  if (r.id) out(kTagId, r.id->start, r.id->end);
  out(r.first_free_index);
  out.zeros(kBitmapOffset - out.size());
  out.raw(r.bitmap);
  return std::move(out).take();
}

Result<ResourceExtension> decode_resource_extension(ByteView bytes) {
  DZ_TRY_ASSIGN(auto pool, decode_account<ResourceExtension>(bytes, AccountType::ResourceExtension, "ResourceExtension",
                                                             read_pool));
  if (bytes.size() < kBitmapOffset) return pool;
  const auto bitmap = bytes.subspan(kBitmapOffset);
  if (bitmap.size() % 8 != 0) {
    return corrupt(fmt::format("expected a bitmap of whole 64-bit words, found {} bytes", bitmap.size()));
  }
  pool.bitmap.assign(bitmap.begin(), bitmap.end());
  return pool;
}

}  // namespace dz::wire

// log_sample DIR: writes a log as it would be served, with its checkpoints, cosigned, and proofs, for programs that
// nobody here wrote to verify (tests/conformance).
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/base64.h"
#include "transparency/published_log.h"
#include "transparency/testing.h"
#include "transparency/witness.h"

namespace dz::transparency {
namespace {

constexpr std::size_t kSizes[] = {1, 2, 255, 256, 257, 1000, 66'000};  // three levels of tiles in the last one
const Timestamp kNow{std::chrono::seconds{1'764'633'600}};

template <typename T>
T must(Result<T> result) {
  if (!result) std::fprintf(stderr, "log_sample: %s\n", result.error().message.c_str());
  DZ_CHECK(result.has_value());
  return std::move(*result);
}

struct Sample {
  std::filesystem::path folder;
  storage::SqliteDatabase database = must(storage::SqliteDatabase::open(":memory:"));
  storage::SqliteDatabase seen = must(storage::SqliteDatabase::open(":memory:"));
  PublishedLog published =
      must(PublishedLog::open(must(Log::open(database)), {"log.example/conformance", testing::key_of(1), ""}));
  Witness witness = must(Witness::open(seen, "witness.example/w1", testing::key_of(2), {published.verifier()}));

  void write(const std::string& path, std::string_view text) const {
    const auto file = folder / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
  }
  void write_file(const std::string& path) const { write(path, must(file_of(published, path)).body); }
  void write_proof(const std::string& path, const Proof& proof) const {
    std::string text;
    for (const auto& hash : proof) text += encode_base64(hash) + "\n";
    write(path, text);
  }

  void write_tiles(std::uint64_t size) const {
    for (int level = 0; tile_width(level, 0, size) > 0; ++level) {
      for (std::uint64_t i = 0; tile_width(level, i, size) > 0; ++i) {
        write_file("tile/" + tile_path({level, i, tile_width(level, i, size)}));
      }
    }
    for (std::uint64_t i = 0; tile_width(0, i, size) > 0; ++i) {
      write_file("tile/" + bundle_path(i, tile_width(0, i, size)));
    }
  }

  void write_proofs(std::uint64_t size) const {
    for (std::uint64_t index = 0; index < size; index = index * 2 + 1) {
      write_proof("inclusion/" + std::to_string(index) + "." + std::to_string(size),
                  must(published.log().inclusion_proof(index, size)));
    }
    for (const auto from : kSizes) {
      if (from > size) break;
      write_proof("consistency/" + std::to_string(from) + "." + std::to_string(size),
                  must(published.log().consistency_proof(from, size)));
    }
  }

  void grow_to(std::uint64_t size) {
    auto log = published.log();
    const auto before = must(log.size());
    must(log.append(testing::some_entries(before, size - before)));
    must(published.publish());
    const auto answer = witness.add_checkpoint(render_add_checkpoint(must(published.ask_witness(before))), kNow);
    const auto& note = published.newest()->note;
    auto word = read_witness_answer(answer.status, answer.body, note, witness.verifier());
    DZ_CHECK(word.kind == WitnessWord::Kind::Cosigned);
    published.add_cosignatures(note.text, word.cosignatures);
    write("checkpoint." + std::to_string(size), must(file_of(published, "checkpoint")).body);
    write_tiles(size);
    write_proofs(size);
  }
};

}  // namespace
}  // namespace dz::transparency

int main(int argc, char** argv) {
  if (argc != 2) return std::fputs("usage: log_sample DIR\n", stderr), 2;
  dz::transparency::Sample sample{argv[1]};
  for (const auto size : dz::transparency::kSizes) sample.grow_to(size);
  sample.write_file("checkpoint");
  sample.write_file("key");
  sample.write("witness-key", to_text(sample.witness.verifier()) + "\n");
}

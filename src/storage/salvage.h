// A database whose structure is damaged, made usable again for an owner that checks what it reads. Where rows are lost,
// they are missing; what is found of a row is as it stands, to be believed only by its checksum.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "storage/sqlite.h"

namespace dz::storage {

struct Salvaged {
  SqliteDatabase database;
  std::vector<std::string> damage;  // in sentences; empty: the file was whole
};

// As SqliteDatabase::open(), after a check of the whole structure. A damaged file stays under another name,
// PATH.damaged-1 and so on, and what can be read of its tables is copied into a new one. Retry: no space for that;
// nothing is changed.
Result<Salvaged> open_or_salvage(const std::string& path);

}  // namespace dz::storage

// Message bodies, made once and shared by all sessions of all workers: nothing is copied per
// message, whatever its size.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "runner/load/distribution.h"
#include "runner/session/host.h"

namespace smtpgauge {

/// Immutable once made; the views in every Content it gives hold as long as it lives.
class ContentStore {
 public:
  static constexpr std::uint64_t kMaxSize = std::uint64_t{1} << 30U;

  /// Generated bodies (the octets behind the header) of these sizes, 1 GiB at most. Throws
  /// std::system_error.
  explicit ContentStore(const Distribution& sizes);
  /// Every *.eml below `folder`, whole: the run's own field goes in front, a Message-ID in the file
  /// is replaced. Line ends become CRLF. Throws std::runtime_error naming the file or folder.
  explicit ContentStore(const std::filesystem::path& folder);
  ~ContentStore();
  ContentStore(const ContentStore&) = delete;
  ContentStore& operator=(const ContentStore&) = delete;

  /// The next body; for one thread each its own `random`.
  [[nodiscard]] Content Pick(Random& random) const;
  /// A generated body of `octets`.
  [[nodiscard]] Content OfSize(std::uint64_t octets) const;
  [[nodiscard]] std::size_t files() const { return files_.size(); }

 private:
  struct File {
    std::string raw;
    std::string encoded;  ///< empty: the same as raw
  };
  class Filler;

  void MakeEnds();

  Distribution sizes_;
  std::unique_ptr<Filler> filler_;
  std::vector<std::string> ends_;  ///< by octets: the last, unfinished line of a body
  std::vector<File> files_;
};

}  // namespace smtpgauge

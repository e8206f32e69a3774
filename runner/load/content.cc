#include "runner/load/content.h"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

#include <fmt/format.h>

#include "runner/smtp/data_encoder.h"

namespace smtpgauge {
namespace {

constexpr std::size_t kLine = 64;  // octets, CRLF included: a block holds whole lines
constexpr std::size_t kSmallBlock = std::size_t{256} * 1024;  // stays in the cache
constexpr std::size_t kLargeBlock = std::size_t{4096} * 1024;
constexpr std::size_t kSmallBlocks = 256;   // more of them are slow to map
constexpr std::string_view kEnd = ".\r\n";  // behind a line that is complete

[[noreturn]] void ThrowSystemError(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

/// Lines without end in little memory: the same block is mapped again and again behind itself, so
/// that a body of any size is one piece.
class ContentStore::Filler {
 public:
  explicit Filler(std::size_t size)
      : block_(size > kSmallBlocks * kSmallBlock ? kLargeBlock : kSmallBlock),
        size_((std::max<std::size_t>(size, 1) + block_ - 1) / block_ * block_) {
    void* const room = ::mmap(nullptr, size_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED) ThrowSystemError("memory for message bodies");
    bool mapped = ::mmap(room, block_, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED;
    for (std::size_t at = block_; mapped && at < size_; at += block_) {
      // An old size of 0 maps the same pages a second time.
      mapped = ::mremap(room, 0, block_, MREMAP_MAYMOVE | MREMAP_FIXED,
                        static_cast<char*>(room) + at) != MAP_FAILED;
    }
    if (!mapped) ThrowSystemError("memory for message bodies");
    octets_ = static_cast<char*>(room);
    Fill();
  }
  ~Filler() { ::munmap(octets_, size_); }
  Filler(const Filler&) = delete;
  Filler& operator=(const Filler&) = delete;

  [[nodiscard]] std::string_view First(std::uint64_t octets) const { return {octets_, octets}; }

 private:
  void Fill() {
    static constexpr std::string_view kText = "smtpgauge fills this message to the size asked for ";
    for (std::size_t at = 0; at < block_; at += kLine) {
      // Lines differ a little, so that a message is not one line repeated.
      std::string line = fmt::format("{}{:04}", kText, at / kLine);
      line.resize(kLine - 2, '-');
      line += "\r\n";
      std::copy(line.begin(), line.end(), octets_ + at);
    }
  }

  std::size_t block_;
  std::size_t size_;
  char* octets_ = nullptr;
};

ContentStore::ContentStore(const Distribution& sizes) : sizes_(sizes) {
  Random none(0);
  const std::uint64_t most = sizes.constant() ? sizes.Sample(none, kMaxSize) : kMaxSize;
  filler_ = std::make_unique<Filler>(most);
  MakeEnds();
}

ContentStore::~ContentStore() = default;

void ContentStore::MakeEnds() {
  // A body must end with a complete line; one octet alone cannot, so it takes a whole line along.
  for (std::size_t octets = 0; octets <= kLine + 1; ++octets) {
    std::string end(octets < 2 ? octets : octets - 2, 'x');
    if (octets != 0) end += "\r\n";
    ends_.push_back(end.append(kEnd));
  }
}

Content ContentStore::OfSize(std::uint64_t octets) const {
  octets = std::min(octets, kMaxSize);
  std::uint64_t whole = octets / kLine * kLine;
  if (octets - whole == 1 && whole > 0) whole -= kLine;
  const std::string_view end = ends_[octets - whole];
  const std::string_view raw_end = end.substr(0, end.size() - kEnd.size());
  const std::string_view filler = filler_->First(whole);
  return {.encoded = filler,
          .encoded_end = end,
          .raw = filler,
          .raw_end = raw_end,
          .octets = whole + raw_end.size()};
}

Content ContentStore::Pick(Random& random) const {
  if (files_.empty()) return OfSize(sizes_.Sample(random, kMaxSize));
  const File& file = files_[random.Next() % files_.size()];
  return {.encoded = file.encoded.empty() ? file.raw : file.encoded,
          .encoded_end = kEnd,
          .raw = file.raw,
          .raw_end = {},
          .octets = file.raw.size(),
          .whole = true};
}

namespace {

std::string ReadWhole(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error(fmt::format("{}: cannot be read", path.string()));
  return {std::istreambuf_iterator<char>(in), {}};
}

bool IsMessageId(std::string_view line) {
  static constexpr std::string_view kName = "message-id:";
  return line.size() >= kName.size() &&
         std::equal(kName.begin(), kName.end(), line.begin(),
                    [](char name, char c) { return name == (c >= 'A' && c <= 'Z' ? c + 32 : c); });
}

/// CRLF line ends, the last line complete, without Message-ID (and its folded lines).
std::string Normalized(std::string_view octets) {
  std::string out;
  out.reserve(octets.size() + octets.size() / 32);
  bool in_header = true;
  bool dropping = false;
  while (!octets.empty()) {
    const std::size_t at = octets.find('\n');
    std::string_view line = octets.substr(0, at);
    octets = at == std::string_view::npos ? std::string_view() : octets.substr(at + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (in_header) {
      const bool folded = !line.empty() && (line.front() == ' ' || line.front() == '\t');
      dropping = folded ? dropping : IsMessageId(line);
      if (line.empty()) in_header = false;
      if (dropping) continue;
    }
    out.append(line).append("\r\n");
  }
  return out;
}

}  // namespace

ContentStore::ContentStore(const std::filesystem::path& folder) {
  std::error_code error;
  std::vector<std::filesystem::path> paths;
  for (std::filesystem::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    if (it->path().extension() == ".eml" && it->is_regular_file()) paths.push_back(it->path());
  }
  if (error) throw std::runtime_error(fmt::format("{}: {}", folder.string(), error.message()));
  if (paths.empty())
    throw std::runtime_error(fmt::format("{}: no *.eml file in there", folder.string()));
  std::sort(paths.begin(), paths.end());
  for (const std::filesystem::path& path : paths) {
    File file{.raw = Normalized(ReadWhole(path)), .encoded = {}};
    std::string encoded;
    smtp::DataEncoder encoder;
    encoder.Append(file.raw, encoded);
    if (encoded.size() != file.raw.size()) file.encoded = std::move(encoded);
    files_.push_back(std::move(file));
  }
}

}  // namespace smtpgauge

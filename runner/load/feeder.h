// Addresses that the messages of a run go through in turn.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace smtpgauge {

/// `given` as it is, or with each "%d" pattern (user+%d@example.test) as `numbered` addresses from
/// 1 on.
[[nodiscard]] std::vector<std::string> ExpandAddresses(const std::vector<std::string>& given,
                                                       std::size_t numbered);

/// The first column of every line of a CSV file, quotes allowed; empty lines, lines that begin with
/// # and a heading without "@" are skipped. Throws std::runtime_error naming file and line.
[[nodiscard]] std::vector<std::string> ReadAddresses(const std::filesystem::path& file);

}  // namespace smtpgauge

// A subcommand registers its options on the program and tells what to run when it was chosen.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>

namespace CLI {
class App;
}

namespace smtpgauge {

using RunFunction = std::function<int()>;

/// The user's command line is wrong in a way that CLI11 cannot see. main prints it and exits
/// with 2.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace smtpgauge

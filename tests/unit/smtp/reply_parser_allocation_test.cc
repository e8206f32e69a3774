// Counts what operator new is asked for: a whole reply must be parsed without it.
#include <cstdlib>
#include <new>
#include <string_view>

#include <gtest/gtest.h>

#include "runner/smtp/reply_parser.h"

namespace {

std::size_t allocations = 0;

void* Allocate(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) {
  return Allocate(size);
}
void* operator new[](std::size_t size) {
  return Allocate(size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace smtpgauge::smtp {
namespace {

TEST(ReplyParser, AllocatesNothingForRepliesInsideAChunk) {
  std::string_view input =
      "220 mx.example.org ESMTP\r\n250-mx.example.org\r\n250-PIPELINING\r\n250 SIZE 1000\r\n"
      "250 2.1.0 Ok\n551 \xff\r\n571 a\r\nrubbish\r\n";
  ReplyParser parser;
  int replies = 0;
  const std::size_t before = allocations;
  while (parser.Next(input))
    ++replies;
  EXPECT_EQ(allocations, before);
  EXPECT_EQ(replies, 6);
}

TEST(ReplyParser, AllocatesForAnUnfinishedTail) {
  const std::size_t before = allocations;
  ReplyParser parser;
  std::string_view input = "250-a tail that does not fit into a string object itself";
  EXPECT_FALSE(parser.Next(input).has_value());
  EXPECT_GT(allocations, before);
}

}  // namespace
}  // namespace smtpgauge::smtp

// Times of a session under load: what each begins with, and what has none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/session/load_session.h"

namespace smtpgauge {
namespace {

TEST_F(LoadSession, CountsResponseTimeFromTheSchedule) {
  Begin();
  server.now += std::chrono::seconds(2);  // behind Start(): connecting takes that long
  server.Talk(*session, kWhole);
  const Event message = server.EventsOf(Phase::kMessage).at(0);
  EXPECT_EQ(message.scheduled, message.started);
  for (const Event& event : server.EventsOf(Phase::kMail))
    EXPECT_EQ(event.started - event.scheduled, message.started - message.scheduled);
}

TEST_F(LoadSession, ServiceTimeInAGroupCountsFromTheReplyBefore) {
  options.pipelining = Switch::kOn;
  Run(1);  // an octet of reply every millisecond
  const Event mail = server.EventsOf(Phase::kMail).at(0);
  const Event recipient = server.EventsOf(Phase::kRcpt).at(0);
  const Event data = server.EventsOf(Phase::kData).at(0);
  EXPECT_EQ(recipient.started, mail.finished);
  EXPECT_EQ(data.started, recipient.finished);
  EXPECT_EQ(recipient.scheduled, mail.scheduled);
  EXPECT_EQ(data.scheduled, mail.scheduled);
}

TEST_F(LoadSession, AMessageInAGroupIsServedFromItsTurn) {
  options.pipelining = Switch::kOn;
  server.messages = 2;
  Run(1);
  const auto mails = server.EventsOf(Phase::kMail);
  const auto messages = server.EventsOf(Phase::kMessage);
  const auto ends = server.EventsOf(Phase::kEod);
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_LT(messages[1].scheduled, ends[0].finished);  // it left with the dot before it
  EXPECT_EQ(messages[1].started, ends[0].finished);
  EXPECT_EQ(messages[1].started, mails[1].started);
  for (const Event& event : {mails[1], ends[1]})
    EXPECT_EQ(event.due, messages[1].scheduled);
}

TEST_F(LoadSession, OnlyTheWayUpIsAsLateAsTheSession) {
  static const Plan kPlan = PlanOf("mx");
  options.load = true;
  options.transcripts = false;
  options.limits = DefaultLimits();
  session = std::make_unique<Session>(kPlan.scripts.front(), 0, options, server);
  const Duration late = std::chrono::milliseconds(700);
  session->Start(server.now - late, server.now);
  server.Talk(*session, kWhole);
  for (const Phase phase : {Phase::kConnect, Phase::kEhlo, Phase::kSession}) {
    const Event event = server.EventsOf(phase).at(0);
    EXPECT_EQ(event.started - event.scheduled, late);
  }
  const Event quit = server.EventsOf(Phase::kQuit).at(0);
  EXPECT_EQ(quit.scheduled, quit.started);
}

TEST_F(LoadSession, WhatIsCutShortHasNoEndToReport) {
  server.replies[{".", 1}] = "";
  Run();
  ASSERT_FALSE(server.done);
  session->Abort("the run was stopped", server.now);
  EXPECT_TRUE(server.done);
  EXPECT_TRUE(server.EventsOf(Phase::kMessage).empty());
  EXPECT_TRUE(server.EventsOf(Phase::kSession).empty());
}

}  // namespace
}  // namespace smtpgauge

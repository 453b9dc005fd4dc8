// One message of a hook: the events of one window as the body of its POST. Pure; docs/formats/notifications.md has both
// shapes.
#pragma once

#include <span>
#include <string>

#include "notify/event.h"
#include "notify/hook.h"

namespace dz::notify {

struct MessageContext {
  std::string id;           // the same each time the message is sent
  Timestamp at;             // when the message was made
  std::string environment;  // "mainnet-beta"
  std::string policy;       // digest of the policy in force
  std::string page_url;     // where pages of records are: PAGE_URL/r/CODE; empty: nowhere
};

// What Slack takes, with room to spare: 3000 characters a text, 150 a header, 50 blocks.
inline constexpr std::size_t kSlackText = 2900, kSlackHeader = 150, kSlackRecords = 20;
// A JSON message has at most so many events; the others go into the next message.
inline constexpr std::size_t kJsonEvents = 200;

// One line: "20 links: health healthy to impaired; ams-fra: status activated to soft-drained".
std::string render_summary(std::span<const NotifyEvent> events);

// {"text", "blocks"} of an incoming webhook. At most kSlackRecords records, incidents and alarms are listed, the worst
// first; the rest is counted.
std::string render_slack_message(std::span<const NotifyEvent> events, const MessageContext& context);
std::string render_json_message(std::span<const NotifyEvent> events, const MessageContext& context);

// A message that tells of nothing, so that somebody may see whether the hook's messages arrive.
std::string render_test_message(HookKind kind, const MessageContext& context);

// Of a record's page; empty where there are none.
std::string page_of(std::string_view code, const MessageContext& context);

// & < > as Slack wants them; at most `limit` bytes, cut between characters and marked "...".
std::string slack_text(std::string_view text, std::size_t limit);

}  // namespace dz::notify

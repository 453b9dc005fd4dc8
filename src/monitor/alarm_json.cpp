#include "monitor/alarm_json.h"

#include <boost/json.hpp>

namespace dz::monitor {

namespace json = boost::json;

json::object alarm_json(const Announcer& announcer, const control::MonitorAlarm& alarm, const Profile& profile,
                        Timestamp now) {
  const auto name = announcer.name_of(alarm);
  json::object out{
      {"alarm", to_text(alarm.kind)}, {"subject", name}, {"text", render_alarm(alarm, name, now, profile)}};
  if (!is_of_record(alarm.kind)) return out;
  out["kind"] = to_text(alarm.record);
  out["code"] = name;
  out["pubkey"] = to_text(alarm.key);
  return out;
}

}  // namespace dz::monitor

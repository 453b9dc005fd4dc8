#include "network/network_file.h"

#include <cmath>

#include <gtest/gtest.h>

#include "network/file_value.h"

namespace dz::network {
namespace {

Complaints mistakes(std::string_view name, std::string_view text) {
  return read_network_file(name, text, std::nullopt).complaints;
}

TEST(NetworkFile, SyntaxMistakesNameFileAndLine) {
  EXPECT_EQ(mistakes("n.toml", "format = 1\nlocations = [\n[").at(0).substr(0, 9), "n.toml:3:");
  EXPECT_EQ(mistakes("n.json", "{\n\"format\": 1,\n,}").at(0).substr(0, 9), "n.json:3:");
  EXPECT_EQ(mistakes("n.json", "{\n\"format\": 1").at(0).substr(0, 9), "n.json:2:");
  EXPECT_EQ(mistakes("n.json", "{}\n\n{}"),
            Complaints{"n.json:3: expected the end of the file after the JSON, found more"});
  EXPECT_EQ(mistakes("n.json", "{\n\"format\": 1,\n\"format\": 1}"),
            Complaints{"n.json:3: expected each member once, found 'format' twice"});
  EXPECT_EQ(mistakes("n.json", "[1]"), Complaints{"n.json:1: expected a table, found a list"});
  EXPECT_FALSE(mistakes("n.json", "").empty());
  EXPECT_TRUE(mistakes("n.toml", "").empty()) << "an empty network is one";
}

TEST(NetworkFile, EveryMistakeIsToldWithItsPlaceAndWhatWasExpected) {
  const auto all = mistakes("n.toml", R"(format = 2
[[locations]]
code = "a b"
name = 7
country = "NL"
lat = 91
lng = 4.9
lnt = 5
[[devices]]
code = "x"
)");
  const std::vector<std::string> wanted{
      "n.toml:1: format: expected 1, found 2",
      "n.toml:3: locations[0].code: expected",
      "n.toml:4: locations[0].name: expected a text, found 7",
      "n.toml:6: locations[0].lat: expected degrees from -90 to 90, found 91",
      "n.toml:8: locations[0].lnt: expected one of code, name, country, lat, lng, loc_id",
      "n.toml:9: devices[0].contributor: expected a value, found none",
      "n.toml:9: devices[0].public_ip: expected a value, found none"};
  for (const auto& text : wanted) {
    EXPECT_TRUE(std::any_of(all.begin(), all.end(), [&](const auto& one) { return one.starts_with(text); }))
        << text << "\n"
        << testing::PrintToString(all);
  }
}

TEST(NetworkFile, TheSameMistakeHasItsLineInJsonToo) {
  const auto all = mistakes("n.json",
                            "{\"locations\": [\n {\"code\": \"ams\", \"name\": \"A\", \"country\": \"NL\",\n"
                            "  \"lat\": 1, \"lng\": \"east\"}]}");
  EXPECT_EQ(all, Complaints{"n.json:3: locations[0].lng: expected degrees from -180 to 180, found the text 'east'"});
}

TEST(NetworkFile, NumbersHaveTheirRange) {
  for (const auto* value : {"-1", "4294967296", "1.5", "true", "\"1\""}) {
    const auto text = std::string("[[locations]]\ncode='a'\nname='a'\ncountry='NL'\nlat=1\nlng=1\nloc_id = ") + value;
    EXPECT_EQ(mistakes("n.toml", text).size(), 1U) << value;
  }
}

TEST(NetworkFile, RecordsOfOneFileDoNotContradictEachOther) {
  const auto all = mistakes("n.toml", R"([[devices]]
code = "a"
contributor = "c"
location = "l"
exchange = "e"
public_ip = "195.219.121.1"
dz_prefixes = ["195.219.121.0/28"]
[[devices.interfaces]]
name = "et1"
[[devices.interfaces]]
name = "Ethernet1"
status = "activated"
[[devices]]
code = "A"
contributor = "c"
location = "l"
exchange = "e"
public_ip = "195.219.121.1"
dz_prefixes = ["195.219.122.0/28"]
)");
  EXPECT_EQ(all,
            (Complaints{"n.toml:13: expected each once, found device 'a' again: it is in line 1 too",
                        "n.toml:1: device 'a': expected a public_ip outside of its dz_prefixes, found 195.219.121.1 in "
                        "195.219.121.0/28: users would be given it",
                        "n.toml:10: expected each once, found interface Ethernet1 again: it is in line 8 too",
                        "n.toml:10: interface Ethernet1: expected status activated or unlinked, of a CYOA or DIA port "
                        "alone, found activated: other interfaces have none that people write",
                        "n.toml:13: expected each once, found public_ip 195.219.121.1 again: it is in line 1 too"}));
}

TEST(NetworkFile, OnePortCarriesOneLink) {
  const auto all = mistakes("n.toml", R"([[links]]
code = "x"
link_type = "WAN"
side_a = "a"
side_a_interface = "et1"
side_z = "b"
side_z_interface = "et1"
bandwidth_bps = 1
delay_ns = 1
jitter_ns = 1
[[links]]
code = "y"
link_type = "WAN"
side_a = "b"
side_a_interface = "Ethernet1"
side_z = "b"
bandwidth_bps = 1
delay_ns = 1
jitter_ns = 1
)");
  EXPECT_EQ(all.size(), 3U) << testing::PrintToString(all);
  EXPECT_EQ(all.back(), "n.toml:11: expected each once, found port Ethernet1 of device 'b' again: it is in line 1 too");
}

// Text that a terminal, TOML or JSON would take for something else.
TEST(NetworkFile, AnyTextComesBackTheSameInBothForms) {
  NetworkFile file;
  file.locations.push_back({0, "ams", "a\"b\\c\td\ne\x1b[2J\x7f \u202E \U0001F600 'q' #", "NL", -0.1, 1e-7, 4});
  for (const auto format : {NetworkFormat::Toml, NetworkFormat::Json}) {
    const auto text = render_network_file(file, format);
    const auto read = read_network_file("n", text, std::nullopt);
    ASSERT_TRUE(read.complaints.empty()) << text << testing::PrintToString(read.complaints);
    EXPECT_EQ(read.file.locations.at(0).name, file.locations[0].name) << text;
    EXPECT_EQ(render_network_file(read.file, format), text);
    const auto other = format == NetworkFormat::Toml ? NetworkFormat::Json : NetworkFormat::Toml;
    EXPECT_EQ(render_network_file(read.file, other), render_network_file(file, other)) << "both say the same";
  }
}

// What a file holds makes no lines of its own in what is said of it.
TEST(NetworkFile, X8_AMistakeIsOneLineWhateverTheFileHolds) {
  const std::string json = R"({"locations": [{"code": "a\nn.json:9: fine\u001b[2J", "a\nb": 1}], "x\ny": "z"})";
  for (const auto& complaint : mistakes("n.json", json)) {
    EXPECT_EQ(complaint.find_first_of("\n\x1b"), std::string::npos) << complaint;
  }
  const auto all = mistakes("n.toml", "format = \"" + std::string(100'000, 'x') + "\"");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_LT(all[0].size(), 200U);
}

TEST(NetworkFile, NestingWithoutEndIsRefused) {
  for (const auto depth : {100U, 100'000U}) {
    EXPECT_FALSE(mistakes("n.json", std::string(depth, '[')).empty());
    EXPECT_FALSE(mistakes("n.json", std::string(depth, '[') + std::string(depth, ']')).empty());
    EXPECT_FALSE(mistakes("n.toml", "a = " + std::string(depth, '[') + std::string(depth, ']')).empty());
    EXPECT_FALSE(
        mistakes("n.json", "{\"locations\": " + std::string(depth, '[') + std::string(depth, ']') + "}").empty());
  }
}

TEST(NetworkFile, ValuesOfAnotherKindAreMistakesEverywhere) {
  for (const auto* value : {"null", "1", "1.5", "1e999", "true", "\"x\"", "[]", "[1]", "{}", "[null]", "[[]]"}) {
    for (const auto* member : {"global_config", "locations", "exchanges", "contributors", "devices", "links"}) {
      const auto text = "{\"" + std::string(member) + "\": " + value + "}";
      const bool list = std::string_view(member) != "global_config" && std::string_view(value) == "[]";
      EXPECT_EQ(mistakes("n.json", text).empty(), list) << text;
    }
    const auto link = std::string("{\"links\": [{\"code\": ") + value + ", \"mtu\": " + value + "}]}";
    EXPECT_FALSE(mistakes("n.json", link).empty()) << link;
  }
}

TEST(NetworkFile, MinusZeroIsWrittenAndReadAsZero) {
  const std::string head = "[[locations]]\ncode='a'\nname='a'\ncountry='NL'\nlng=1\nlat=";
  for (const auto* zero : {"-0.0", "-0", "0"}) {
    const auto read = read_network_file("n.toml", head + zero + "\n", std::nullopt);
    ASSERT_TRUE(read.complaints.empty()) << zero;
    EXPECT_FALSE(std::signbit(read.file.locations.at(0).lat)) << zero;
  }
  EXPECT_FALSE(mistakes("n.toml", head + "nan\n").empty());
}

TEST(NetworkFile, MeIsAMistakeWithoutAKey) {
  const std::string text = "[[contributors]]\ncode = 'a'\nowner = 'me'\n";
  EXPECT_EQ(mistakes("n.toml", text).size(), 1U);
  Pubkey key;
  key.bytes[0] = 9;
  EXPECT_EQ(read_network_file("n.toml", text, key).file.contributors.at(0).owner, key);
}

}  // namespace
}  // namespace dz::network

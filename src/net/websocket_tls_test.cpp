// wss: a server with a certificate of its own, trusted or not.
#include "net/websocket_client.h"

#include <filesystem>
#include <fstream>
#include <thread>

#include <fmt/format.h>
#include <unistd.h>

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

#include "base/base64.h"

namespace dz::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// A key and a certificate for 127.0.0.1 that it signs itself, as PEM.
struct Identity {
  std::string key, certificate;

  Identity() {
    EVP_PKEY* pair = EVP_EC_gen("P-256");
    X509* x509 = X509_new();
    X509_set_version(x509, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
    X509_set_pubkey(x509, pair);
    X509_set_issuer_name(x509, X509_get_subject_name(x509));
    X509_EXTENSION* name = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
    X509_add_ext(x509, name, -1);
    X509_EXTENSION_free(name);
    X509_sign(x509, pair, EVP_sha256());
    key = text_of([&](BIO* out) { PEM_write_bio_PrivateKey(out, pair, nullptr, nullptr, 0, nullptr, nullptr); });
    certificate = text_of([&](BIO* out) { PEM_write_bio_X509(out, x509); });
    X509_free(x509);
    EVP_PKEY_free(pair);
  }
  template <typename Write>
  static std::string text_of(Write write) {
    BIO* out = BIO_new(BIO_s_mem());
    write(out);
    char* data = nullptr;
    const long size = BIO_get_mem_data(out, &data);
    std::string text(data, static_cast<std::size_t>(size));
    BIO_free(out);
    return text;
  }
};

// Takes one connection, and gives its first message back, which is short. By hand: Beast would take the compiler longer
// than all other tests of this folder.
class EchoServer {
 public:
  explicit EchoServer(const Identity& identity) {
    context_.use_private_key(asio::buffer(identity.key), asio::ssl::context::pem);
    context_.use_certificate(asio::buffer(identity.certificate), asio::ssl::context::pem);
    thread_ = std::thread([this] { serve(); });
  }
  ~EchoServer() { thread_.join(); }
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  void serve() {
    error_code error;
    asio::ssl::stream<tcp::socket> socket(io_, context_);
    acceptor_.accept(socket.next_layer(), error);
    if (!error) socket.handshake(asio::ssl::stream_base::server, error);
    std::string request;
    while (!error && !request.ends_with("\r\n\r\n")) request += read(socket, 1, error);
    if (!error) write(socket, welcome(request), error);
    const std::string head = read(socket, 2, error);  // a text of less than 126 bytes, and that it is masked
    const std::string mask = read(socket, 4, error);
    if (error) return;
    std::string text = read(socket, head[1] & 0x7f, error);
    for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(text[i] ^ mask[i % 4]);
    write(socket, head.substr(0, 1) + static_cast<char>(text.size()) + text, error);
  }
  static std::string welcome(const std::string& request) {
    static constexpr std::string_view kKey = "Sec-WebSocket-Key: ";
    const std::string key =
        request.substr(request.find(kKey) + kKey.size(), 24) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    Bytes hash(20);
    EVP_Digest(key.data(), key.size(), hash.data(), nullptr, EVP_sha1(), nullptr);
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
           encode_base64(hash) + "\r\n\r\n";
  }
  template <typename Stream>
  static std::string read(Stream& stream, std::size_t size, error_code& error) {
    std::string bytes(size, '\0');
    if (!error) asio::read(stream, asio::buffer(bytes), error);
    return bytes;
  }
  template <typename Stream>
  static void write(Stream& stream, const std::string& bytes, error_code& error) {
    asio::write(stream, asio::buffer(bytes), error);
  }

  asio::io_context io_;
  asio::ssl::context context_{asio::ssl::context::tls_server};
  tcp::acceptor acceptor_{io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  std::thread thread_;
};

struct Talk {
  Loop loop;
  std::string heard, closed;

  void run(std::uint16_t port, const std::string& ca_file, const char* host = "127.0.0.1") {
    std::unique_ptr<WebSocketClient> client;
    WebSocketHandlers handlers;
    handlers.on_open = [&] { client->send("hello"); };
    handlers.on_message = [&](std::string_view text) { heard = text; };
    handlers.on_close = [&](std::string reason) { closed = std::move(reason); };
    client =
        *WebSocketClient::connect(loop, fmt::format("wss://{}:{}/secret", host, port), std::move(handlers), ca_file);
    for (int i = 0; i < 500 && heard.empty() && closed.empty(); ++i) loop.run_for(std::chrono::milliseconds{10});
  }
};

struct WebSocketTls : testing::Test {
  Identity identity;
  // Of this process alone: tests run side by side.
  std::string ca_file = fmt::format("{}websocket_tls_test.{}.pem", testing::TempDir(), ::getpid());
  void SetUp() override { std::ofstream(ca_file) << identity.certificate; }
  void TearDown() override { std::filesystem::remove(ca_file); }
};

TEST_F(WebSocketTls, TalksToAServerThatAnAuthorityKnows) {
  EchoServer server(identity);
  Talk talk;
  talk.run(server.port(), ca_file);
  EXPECT_EQ(talk.heard, "hello") << talk.closed;
}

TEST_F(WebSocketTls, AServerThatNobodyKnowsIsNotTalkedTo) {
  EchoServer server(identity);
  Talk talk;
  talk.run(server.port(), "");
  EXPECT_EQ(talk.heard, "");
  EXPECT_TRUE(talk.closed.starts_with("TLS with wss://127.0.0.1:")) << talk.closed;
  EXPECT_EQ(talk.closed.find("secret"), std::string::npos);
}

TEST_F(WebSocketTls, ACertificateOfAnotherNameIsNotAccepted) {
  EchoServer server(identity);
  Talk talk;
  talk.run(server.port(), ca_file, "localhost");
  EXPECT_EQ(talk.heard, "");
  EXPECT_NE(talk.closed, "");
}

}  // namespace
}  // namespace dz::net

#include "ledger/long_result.h"

#include <algorithm>

#include <boost/json/serialize.hpp>

#include "ledger/rpc.h"

namespace dz::ledger {

class ResultCache::Kept final : public LongResult {
 public:
  explicit Kept(std::shared_ptr<const std::string> text) : kept_(std::move(text)) {}
  RpcResult<bool> go_on(std::string& text) override {
    constexpr std::size_t kPiece = 512U << 10;
    text.append(*kept_, at_, kPiece);
    at_ += kPiece;
    return at_ >= kept_->size();
  }

 private:
  std::shared_ptr<const std::string> kept_;
  std::size_t at_ = 0;
};

// Passes a result on, and keeps it when it is whole and the state is still the same.
class ResultCache::Keeping final : public LongResult {
 public:
  Keeping(std::shared_ptr<Contents> contents, std::string question, std::unique_ptr<LongResult> result)
      : contents_(std::move(contents)),
        state_(contents_->state),
        question_(std::move(question)),
        result_(std::move(result)) {}
  RpcResult<bool> go_on(std::string& text) override {
    const auto before = text.size();
    DZ_TRY_ASSIGN(const bool whole, result_->go_on(text));
    size_ += text.size() - before;
    if (whole) keep(std::string_view(text).substr(text.size() - size_));
    return whole;
  }

 private:
  void keep(std::string_view text) {
    auto& contents = *contents_;
    if (contents.state != state_ || contents.bytes + text.size() > kMostBytes) return;
    if (contents.results.emplace(question_, std::make_shared<const std::string>(text)).second) {
      contents.bytes += text.size();
    }
  }

  std::shared_ptr<Contents> contents_;
  State state_;
  std::string question_;
  std::unique_ptr<LongResult> result_;
  std::size_t size_ = 0;
};

Outcome ResultCache::call(Ledger& ledger, std::string_view method, const boost::json::array& params) {
  const auto state_of = [&] {
    return State{ledger.bank().slot().value, ledger.bank().transaction_count(), ledger.has_pending()};
  };
  auto& contents = *contents_;
  std::string question;
  if (!contents.results.empty()) {
    if (contents.state != state_of()) {
      contents.results.clear();
      contents.bytes = 0;
    }
    question = std::string(method) + boost::json::serialize(params);
    if (const auto found = contents.results.find(question); found != contents.results.end()) {
      return std::make_unique<Kept>(found->second);
    }
  }
  auto outcome = call_method(ledger, method, params);
  if (!outcome) return outcome;
  auto* const result = std::get_if<std::unique_ptr<LongResult>>(&*outcome);
  if (result == nullptr) return outcome;
  contents.state = state_of();
  if (question.empty()) question = std::string(method) + boost::json::serialize(params);
  return std::make_unique<Keeping>(contents_, std::move(question), std::move(*result));
}

}  // namespace dz::ledger

//! Asks a ledger by Solana's Rust client, section by section of src/ledger/client_shapes/rust.txt. What was asked is
//! recorded between the two, by record.py, which also says who drives what.

use std::{env, error::Error, io::Read, io::Write, net::TcpStream, str::FromStr, thread, time::Duration};

use futures_util::StreamExt;
use solana_client::{
    nonblocking,
    pubsub_client::PubsubClient,
    rpc_client::{GetConfirmedSignaturesForAddress2Config, RpcClient},
    rpc_config::{
        RpcAccountInfoConfig, RpcBlockConfig, RpcProgramAccountsConfig, RpcRequestAirdropConfig, RpcSendTransactionConfig,
        RpcSignaturesForAddressConfig, RpcSignatureSubscribeConfig, RpcSimulateTransactionConfig, RpcTransactionConfig,
        RpcTransactionLogsConfig, RpcTransactionLogsFilter,
    },
    rpc_filter::{Memcmp, RpcFilterType},
    rpc_request::RpcRequest,
    rpc_response::RpcConfirmedTransactionStatusWithSignature,
};
use solana_account_decoder_client_types::{UiAccountEncoding, UiDataSliceConfig};
use solana_sdk::{
    commitment_config::{CommitmentConfig, CommitmentLevel},
    compute_budget::ComputeBudgetInstruction,
    hash::Hash,
    instruction::{AccountMeta, Instruction},
    pubkey::Pubkey,
    signature::{read_keypair_file, Keypair, Signature, Signer},
    transaction::Transaction,
};
use solana_transaction_status_client_types::UiTransactionEncoding;

type Outcome = Result<(), Box<dyn Error>>;

struct Driver {
    client: RpcClient,
    /// What it asks is not recorded.
    aside: RpcClient,
    program: Pubkey,
    location: Pubkey,
    payer: Keypair,
    stranger: Keypair,
}

/// To the recorder, which passes it on to nobody.
fn note(text: &str) -> Outcome {
    let url = env::var("DZ_URL")?;
    let mut socket = TcpStream::connect(url.trim_start_matches("http://"))?;
    write!(
        socket,
        "POST /note HTTP/1.1\r\nHost: recorder\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{text}",
        text.len()
    )?;
    socket.read_to_end(&mut Vec::new())?;
    Ok(())
}

fn section(title: &str) -> Outcome {
    note(&format!("== {title}"))
}

fn in_base64(transaction: &Transaction) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for part in bincode(transaction).chunks(3) {
        let bits = part.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - part.len()));
        for digit in 0..4 {
            text.push(if digit > part.len() { '=' } else { DIGITS[(bits >> (18 - 6 * digit) & 63) as usize] as char });
        }
    }
    text
}

fn bincode(transaction: &Transaction) -> Vec<u8> {
    let mut bytes = vec![transaction.signatures.len() as u8];
    transaction.signatures.iter().for_each(|signature| bytes.extend_from_slice(signature.as_ref()));
    bytes.extend(transaction.message_data());
    bytes
}

fn note_transaction(name: &str, transaction: &Transaction) -> Outcome {
    note(&format!("{name} {}", in_base64(transaction)))?;
    note(&format!("{name}_SIGNATURE {}", transaction.signatures[0]))
}

impl Driver {
    fn new() -> Result<Self, Box<dyn Error>> {
        let key = |name| read_keypair_file(env::var(name).unwrap_or_default());
        let driver = Driver {
            client: RpcClient::new_with_commitment(env::var("DZ_URL")?, CommitmentConfig::confirmed()),
            aside: RpcClient::new(env::var("DZ_LEDGER")?),
            program: Pubkey::from_str(&env::var("DZ_PROGRAM")?)?,
            location: Pubkey::from_str(&env::var("DZ_LOCATION")?)?,
            payer: key("DZ_PAYER")?,
            stranger: key("DZ_STRANGER")?,
        };
        note(&format!("SERVICEABILITY {}", driver.program))?;
        note(&format!("LOCATION {}", driver.location))?;
        note(&format!("PAYER {}", driver.payer.pubkey()))?;
        Ok(driver)
    }

    /// As DoubleZero's own clients do: two instructions of the compute budget before their own, which renames the
    /// location.
    fn rename(&self, signer: &Keypair, hash: Hash) -> Transaction {
        let global_state = Pubkey::find_program_address(&[b"doublezero", b"globalstate"], &self.program).0;
        // The tag, no code, and a name that it never had.
        let mut data = vec![11, 0, 1];
        data.extend_from_slice(&(hash.to_string().len() as u32).to_le_bytes());
        data.extend_from_slice(hash.to_string().as_bytes());
        data.extend_from_slice(&[0, 0, 0, 0]);
        let accounts = vec![
            AccountMeta::new(self.location, false),
            AccountMeta::new_readonly(global_state, false),
            AccountMeta::new(signer.pubkey(), true),
            AccountMeta::new_readonly(Pubkey::default(), false),
        ];
        let instructions = [
            ComputeBudgetInstruction::set_compute_unit_limit(1_400_000),
            ComputeBudgetInstruction::request_heap_frame(262_144),
            Instruction { program_id: self.program, accounts, data },
        ];
        Transaction::new_signed_with_payer(&instructions, Some(&signer.pubkey()), &[signer], hash)
    }

    fn accounts(&self, filters: Option<Vec<RpcFilterType>>, slice: Option<UiDataSliceConfig>, context: Option<bool>) -> Outcome {
        let config = RpcProgramAccountsConfig {
            filters,
            account_config: RpcAccountInfoConfig {
                encoding: Some(UiAccountEncoding::Base64),
                data_slice: slice,
                commitment: Some(CommitmentConfig::confirmed()),
                min_context_slot: None,
            },
            with_context: context,
            sort_results: None,
        };
        println!("{} accounts", self.client.get_program_accounts_with_config(&self.program, config)?.len());
        Ok(())
    }

    /// The same transaction with the same hash would be the same one.
    fn another_hash(&self, hash: Hash) -> Result<Hash, Box<dyn Error>> {
        loop {
            let latest = self.aside.get_latest_blockhash()?;
            if latest != hash {
                return Ok(latest);
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn reads(&self) -> Outcome {
        section("by code: all locations, then a scan in the client")?;
        self.accounts(Some(vec![RpcFilterType::Memcmp(Memcmp::new_raw_bytes(0, vec![3]))]), None, None)?;
        section("locations of one size, by the other forms of a filter")?;
        let size = self.aside.get_account(&self.location)?.data.len() as u64;
        note(&format!("LOCATION_SIZE {size}"))?;
        self.accounts(
            Some(vec![RpcFilterType::DataSize(size), RpcFilterType::Memcmp(Memcmp::new_base58_encoded(0, &[3]))]),
            None,
            None,
        )?;
        section("everything of the program, without filters")?;
        self.accounts(None, Some(UiDataSliceConfig { offset: 0, length: 0 }), Some(true))?;
        section("one account, compressed")?;
        println!("{} bytes", self.client.get_account(&self.location)?.data.len());
        section("an account that is not there")?;
        let nobody = Pubkey::new_unique();
        note(&format!("NOBODY {nobody}"))?;
        assert!(self.client.get_account_with_commitment(&nobody, CommitmentConfig::confirmed())?.value.is_none());
        section("several accounts")?;
        assert!(self.client.get_multiple_accounts(&[nobody, self.location])?[1].is_some());
        section("before each write: the balance, then a block hash")?;
        println!("{} lamports", self.client.get_balance(&self.payer.pubkey())?);
        assert_eq!(self.client.get_balance(&nobody)?, 0);
        println!("{}", self.client.get_latest_blockhash()?);
        Ok(())
    }

    fn writes(&self) -> Outcome {
        let without_preflight = RpcSendTransactionConfig {
            skip_preflight: true,
            preflight_commitment: Some(CommitmentLevel::Confirmed),
            encoding: Some(UiTransactionEncoding::Base64),
            ..Default::default()
        };
        section("a write, sent without preflight and polled")?;
        let hash = self.aside.get_latest_blockhash()?;
        note(&format!("BLOCKHASH {hash}"))?;
        let update = self.rename(&self.payer, hash);
        note_transaction("RUST_UPDATE", &update)?;
        println!("{:?}", self.client.get_signature_statuses(&[update.signatures[0]])?.value);
        assert!(self.client.is_blockhash_valid(&hash, CommitmentConfig::processed())?);
        self.client.send_transaction_with_config(&update, without_preflight)?;
        while self.client.get_signature_status(&update.signatures[0])?.is_none() {
            thread::sleep(Duration::from_millis(20));
        }
        section("a block hash that is not valid")?;
        assert!(!self.client.is_blockhash_valid(&Hash::default(), CommitmentConfig::processed())?);
        section("a write with preflight, as the client sends one that is told nothing, and its finality")?;
        let other = self.rename(&self.payer, self.another_hash(hash)?);
        note_transaction("RUST_UPDATE", &other)?;
        self.client.send_transaction(&other)?;
        while !self.client.confirm_transaction(&other.signatures[0])? {
            thread::sleep(Duration::from_millis(20));
        }
        println!("{:?}", self.client.get_signature_statuses_with_history(&[other.signatures[0]])?.value);
        section("a refused write lands as failed; the instruction is number 2, behind the two of the compute budget")?;
        let refused = self.rename(&self.stranger, hash);
        note_transaction("RUST_REFUSED", &refused)?;
        self.client.send_transaction_with_config(&refused, without_preflight)?;
        while self.client.get_signature_status(&refused.signatures[0])?.is_none() {
            thread::sleep(Duration::from_millis(20));
        }
        let config = RpcTransactionConfig {
            encoding: Some(UiTransactionEncoding::Base64),
            commitment: Some(CommitmentConfig::confirmed()),
            max_supported_transaction_version: Some(0),
        };
        let landed = self.client.get_transaction_with_config(&refused.signatures[0], config)?;
        println!("{:?}", landed.transaction.meta.ok_or("no meta")?.err);
        section("a simulation changes nothing")?;
        let refused = self.rename(&self.stranger, self.another_hash(hash)?);
        note_transaction("RUST_REFUSED", &refused)?;
        let simulated = self.client.simulate_transaction_with_config(
            &refused,
            RpcSimulateTransactionConfig { commitment: Some(CommitmentConfig::processed()), ..Default::default() },
        )?;
        println!("{:?}", simulated.value.err);
        Ok(())
    }

    fn history(&self) -> Outcome {
        section("doublezero log: the history of an account, then each transaction by a bare encoding")?;
        let page = |before, until, limit| GetConfirmedSignaturesForAddress2Config {
            before,
            until,
            limit: Some(limit),
            commitment: Some(CommitmentConfig::confirmed()),
        };
        let all = self.client.get_signatures_for_address_with_config(&self.location, page(None, None, 1000))?;
        let signature = |at: &RpcConfirmedTransactionStatusWithSignature| Signature::from_str(&at.signature);
        let (newest, oldest) = (signature(&all[0])?, signature(all.last().ok_or("no history")?)?);
        note(&format!("FAILED {newest}"))?;
        note(&format!("LANDED {oldest}"))?;
        self.client.get_signatures_for_address_with_config(&self.location, page(Some(newest), None, 1))?;
        self.client.get_signatures_for_address_with_config(&self.location, page(Some(newest), Some(oldest), 10))?;
        println!("{:?}", self.client.get_transaction(&oldest, UiTransactionEncoding::Base64)?.block_time);
        section("a history that has to be as new as a slot")?;
        let config = RpcSignaturesForAddressConfig { limit: Some(10), min_context_slot: Some(1), ..Default::default() };
        self.client.send::<Vec<RpcConfirmedTransactionStatusWithSignature>>(
            RpcRequest::GetSignaturesForAddress,
            serde_json::json!([self.location.to_string(), config]),
        )?;
        Ok(())
    }

    fn chain(&self) -> Outcome {
        section("link latency: the epoch, and times of slots long gone and not yet there")?;
        let slot = self.client.get_epoch_info()?.absolute_slot;
        note(&format!("SLOT_LONG_AGO {}", slot - 1))?;
        note(&format!("SLOT_TO_COME {}", slot + 1000))?;
        println!("{}", self.client.get_block_time(slot - 1)?);
        println!("{}", self.client.get_block_time(slot + 1000).expect_err("a slot that is not yet there"));
        section("blocks, and a block with its signatures")?;
        println!("{:?}", self.client.get_blocks(slot - 1, Some(slot - 1))?);
        println!("{:?}", self.client.get_blocks_with_limit(slot - 1, 1)?);
        let config = RpcBlockConfig { rewards: Some(false), max_supported_transaction_version: Some(0), ..RpcBlockConfig::default() };
        println!("{:?}", self.client.get_block_with_config(slot - 1, config)?.block_height);
        section("the solana CLI and start-up scripts")?;
        println!("{}", self.client.get_version()?);
        self.client.get_health()?;
        println!("{}", self.client.get_genesis_hash()?);
        assert_eq!(self.client.get_minimum_balance_for_rent_exemption(100)?, 1_586_880);
        println!("{}", self.client.get_slot_with_commitment(CommitmentConfig::processed())?);
        println!("{} {}", self.client.get_block_height()?, self.client.get_transaction_count()?);
        println!("{:?}", self.client.get_epoch_schedule()?);
        section("an airdrop")?;
        let hash = self.aside.get_latest_blockhash()?;
        note(&format!("BLOCKHASH {hash}"))?;
        self.client.request_airdrop(&self.payer.pubkey(), 1_000_000)?;
        let config = RpcRequestAirdropConfig {
            recent_blockhash: Some(hash.to_string()),
            commitment: Some(CommitmentConfig::confirmed()),
        };
        self.client.request_airdrop_with_config(&self.payer.pubkey(), 1_000_000, config)?;
        Ok(())
    }

    fn subscriptions(&self) -> Outcome {
        let url = env::var("DZ_WS")?;
        let account = RpcAccountInfoConfig {
            encoding: Some(UiAccountEncoding::Base64),
            commitment: Some(CommitmentConfig::confirmed()),
            ..Default::default()
        };
        let config = RpcProgramAccountsConfig { account_config: account.clone(), ..Default::default() };
        section("doublezero subscribe: the first message back is the number, then a message for each change that holds data")?;
        let (subscription, changes) = PubsubClient::program_subscribe(&url, &self.program, Some(config.clone()))?;
        let change = self.rename(&self.payer, self.another_hash(Hash::default())?);
        self.aside.send_transaction(&change)?;
        assert_eq!(changes.recv()?.value.pubkey, self.location.to_string());
        std::mem::forget(subscription); // its end would wait for a next message
        section("subscriptions of the client that waits for many at once, and an end of one")?;
        tokio::runtime::Runtime::new()?.block_on(self.many_subscriptions(&url, config, account))
    }

    async fn many_subscriptions(&self, url: &str, program: RpcProgramAccountsConfig, account: RpcAccountInfoConfig) -> Outcome {
        let client = nonblocking::pubsub_client::PubsubClient::new(url).await?;
        let (mut changes, unsubscribe) = client.program_subscribe(&self.program, Some(program)).await?;
        let (mut accounts, _account) = client.account_subscribe(&self.location, Some(account)).await?;
        let mentions = RpcTransactionLogsFilter::Mentions(vec![self.location.to_string()]);
        let logs = RpcTransactionLogsConfig { commitment: Some(CommitmentConfig::confirmed()) };
        let (mut logs, _logs) = client.logs_subscribe(mentions, logs).await?;
        let change = tokio::task::block_in_place(|| -> Result<Transaction, Box<dyn Error>> {
            let change = self.rename(&self.payer, self.another_hash(Hash::default())?);
            note_transaction("RUST_UPDATE", &change)?;
            Ok(change)
        })?;
        let config = RpcSignatureSubscribeConfig {
            commitment: Some(CommitmentConfig::confirmed()),
            enable_received_notification: Some(false),
        };
        let (mut told, _signature) = client.signature_subscribe(&change.signatures[0], Some(config)).await?;
        tokio::task::block_in_place(|| self.aside.send_transaction(&change))?;
        println!("{:?}", changes.next().await.ok_or("no change")?.value.pubkey);
        println!("{:?}", accounts.next().await.ok_or("no account")?.value.owner);
        println!("{:?}", logs.next().await.ok_or("no logs")?.value.logs.len());
        println!("{:?}", told.next().await.ok_or("no signature")?.value);
        let (mut slots, _slots) = client.slot_subscribe().await?;
        println!("{:?}", slots.next().await.ok_or("no slot")?);
        unsubscribe().await;
        Ok(())
    }
}

fn main() -> Outcome {
    let driver = Driver::new()?;
    driver.reads()?;
    driver.writes()?;
    driver.history()?;
    driver.chain()?;
    driver.subscriptions()?;
    // Subscriptions that are still open wait for what may never come.
    std::process::exit(0)
}

// Made by `npm run types` from the monitor's /api/v1/openapi.json. Not for editing.
export interface paths {
    "/api/v1/assessments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every record: health now and next, one sentence, every criterion */
        get: operations["listAssessments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assessments/{record}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One record, by pubkey or code */
        get: operations["getAssessment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/minutes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every minute behind what is judged of one record: of the last day, or of a past one out of the history */
        get: operations["getMinutes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/readings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The counter readings of one minute of one record, as far as they are kept */
        get: operations["getReadings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/decisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every change of health, newest first */
        get: operations["listDecisions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/statements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is stated about the decisions of one transaction, in the order of its instructions (docs/formats/decision.md) */
        get: operations["listStatements"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/statements/{statement}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One statement, by its index or its hash in hex */
        get: operations["getStatement"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/verifications/{statement}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A decision checked by this monitor, step by step, as `doublezero decision verify` does it; by the index of its statement, or its hash in hex */
        get: operations["verifyDecision"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every write of status, desired_status and health of one record, newest first: by whom, and why */
        get: operations["getHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alarms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What people have to look at now */
        get: operations["listAlarms"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is at fault, with the records that suffer from it */
        get: operations["listIncidents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/maintenances": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Records that are being worked on */
        get: operations["listMaintenances"];
        put?: never;
        /** Says that a record is being worked on, signed (docs/formats/maintenance.md) */
        post: operations["addMaintenance"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/maintenances/{id}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says that a maintenance is over, signed (docs/formats/maintenance.md) */
        post: operations["endMaintenance"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The policy in force, written out in full as a policy file */
        get: operations["getPolicy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/backtests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What another policy would have decided over the recorded minutes; progress, then the outcome (server-sent events). It ends when the client goes */
        post: operations["tryPolicy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhook-tests/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a test message to a webhook; what it answered is in the webhook's `test` of the status. From the monitor's own machine only */
        post: operations["testWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/metros": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Exchanges and locations of the ledger: where devices stand */
        get: operations["listMetros"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/opinions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What this monitor holds of records whose health it would change, signed, for other judges */
        get: operations["listOpinions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The monitor itself: its view of the ledger, sources, whether it may write, what it runs with */
        get: operations["getStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Changes of records, alarms, incidents, sources and decisions as they come (server-sent events) */
        get: operations["stream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document */
        get: operations["getOpenapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description UTC */
        Time: string;
        /** @description base58 */
        Pubkey: string;
        /** @enum {string} */
        Kind: "link" | "device";
        Error: {
            /** @description what was expected, what was found, what to do */
            error: string;
        };
        Minute: {
            at: components["schemas"]["Time"];
            counters: string;
        };
        Minutes: {
            from: components["schemas"]["Time"];
            to: components["schemas"]["Time"];
            good: number;
            bad: number;
            unobserved: number;
            first_bad: components["schemas"]["Minute"] | null;
            last_bad: components["schemas"]["Minute"] | null;
            first_unobserved: components["schemas"]["Time"] | null;
            last_unobserved: components["schemas"]["Time"] | null;
            derived: boolean;
            parent_port: boolean;
            rise: number | null;
        };
        Qa: {
            successes: number;
            failures: number;
            last_failure: components["schemas"]["Time"] | null;
            longest_gap_seconds: number;
            missed_run: boolean;
        };
        Range: {
            from: components["schemas"]["Time"];
            /** @description exclusive */
            to: components["schemas"]["Time"];
            /** @enum {string} */
            state: "bad" | "unobserved";
            signal: string;
            where: string;
            fault: string;
        };
        /** @description one criterion as it was judged */
        Finding: {
            id: string;
            kind: string;
            mode: string;
            judgement: string;
            gates: boolean;
            detail: string;
            to_do: string;
            earliest: components["schemas"]["Time"] | null;
            stage?: string;
            source?: string;
            watermark?: components["schemas"]["Time"] | null;
            stale?: boolean;
            where?: string;
            minutes?: components["schemas"]["Minutes"];
            qa?: components["schemas"]["Qa"];
            /** @description a character per cell: . good, X bad, ? unobserved */
            strip?: string;
            not_good?: components["schemas"]["Range"][];
            candidates?: number;
            candidates_met?: number;
        };
        /** @description where the record stands, and what ends it */
        Condition: {
            /** @enum {string} */
            state: "good" | "failing" | "recovering" | "collecting" | "held" | "needs-action";
            since: components["schemas"]["Time"] | null;
            /** @description null where waiting alone does not bring it */
            returns_at: components["schemas"]["Time"] | null;
            criterion: string | null;
            held_by: components["schemas"]["HeldBy"] | null;
            needs: components["schemas"]["Needs"] | null;
        };
        HeldBy: {
            /** @enum {string} */
            what: "drain" | "record";
            criterion?: string | null;
            role?: string | null;
            signer?: components["schemas"]["Pubkey"] | null;
            at?: components["schemas"]["Time"] | null;
        };
        Needs: {
            /** @enum {string} */
            who: "contributor" | "foundation" | "operator";
            what: string;
            contributor?: string;
        };
        /** @description what is behind it, where that is known */
        Cause: {
            kind: string;
            sentence: string;
            since?: components["schemas"]["Time"] | null;
            ends?: string;
            gates?: boolean;
        };
        /** @description it is being worked on, and nobody is alarmed by it */
        RecordMaintenance: {
            id: string;
            /** @description of what it was told of: the record itself, or a device at an end of the link */
            code: string;
            from: components["schemas"]["Time"];
            to: components["schemas"]["Time"];
            why: string;
            by: components["schemas"]["Pubkey"];
        };
        LinkSide: {
            /** @description code */
            device: string | null;
            interface: string | null;
            /** @description code of the exchange */
            metro: string | null;
            /** @description code */
            contributor: string | null;
        };
        Strip: {
            from: components["schemas"]["Time"];
            to: components["schemas"]["Time"];
            minutes_a_cell: number;
        };
        /** @description what is judged of one record */
        Assessment: {
            kind: components["schemas"]["Kind"];
            code: string;
            pubkey: components["schemas"]["Pubkey"];
            status: string;
            desired_status: string;
            /** @description on the ledger */
            health: string;
            /** @description what the monitor makes of it */
            next_health: string;
            reason: string;
            sentence: string;
            to_do: string;
            notes: string[];
            /** @description null when something else has to happen first */
            healthy_at: components["schemas"]["Time"] | null;
            hold_until: components["schemas"]["Time"] | null;
            evidence: string;
            record: string;
            damped_failure: boolean;
            window_minutes: number;
            at: components["schemas"]["Time"];
            findings?: components["schemas"]["Finding"][];
            policy?: string;
            links_evidence?: string;
            links_record?: string;
            window_slots?: number;
            window_trouble?: string;
            strip?: components["schemas"]["Strip"];
            condition: components["schemas"]["Condition"];
            cause: components["schemas"]["Cause"] | null;
            maintenance: components["schemas"]["RecordMaintenance"] | null;
            /** @description of one record that is asked for; null: nothing about it was stated, as far as decisions are kept */
            last_statement?: components["schemas"]["LastStatement"] | null;
            /** @description code; of a link, side A's */
            contributor: string | null;
            /** @description of a device: code of its exchange */
            metro?: string | null;
            /** @description of a device: code */
            location?: string | null;
            device_type?: string;
            /** @description of a link: those of side A and side Z */
            metros?: (string | null)[];
            link_type?: string;
            bandwidth_bps?: number;
            side_a?: components["schemas"]["LinkSide"];
            side_z?: components["schemas"]["LinkSide"];
        };
        /** @description every minute of one signal */
        MinuteLine: {
            criterion: string;
            signal: string;
            /** @enum {string} */
            side: "" | "A" | "Z";
            where: string;
            source: string;
            from: components["schemas"]["Time"];
            /** @description exclusive; as far as the source is complete */
            to: components["schemas"]["Time"];
            /** @description base64; two bits a minute, the first in the lowest bits of the first byte: 1 good, 2 bad, 3 unobserved; 0 fills the last byte */
            states: string;
            /** @description what was wrong in bad minutes */
            faults: {
                from: components["schemas"]["Time"];
                /** @description exclusive */
                to: components["schemas"]["Time"];
                fault: string;
            }[];
            /** @description where the window that is judged begins */
            window_from: components["schemas"]["Time"] | null;
            /** @description the last minute that the window has to leave behind for the criterion to be met */
            ages_out: components["schemas"]["Time"] | null;
        };
        RecordMinutes: {
            kind: components["schemas"]["Kind"];
            code: string;
            pubkey: components["schemas"]["Pubkey"];
            at: components["schemas"]["Time"];
            from: components["schemas"]["Time"];
            to: components["schemas"]["Time"];
            /** @description of the devices at both ends of a link; of the device itself */
            clocks: {
                device: string;
                pubkey: components["schemas"]["Pubkey"];
                /** @description by how much its rows come from the future; null: they do not */
                ahead_seconds: number | null;
                /** @description its newest pushed row */
                heard: components["schemas"]["Time"] | null;
            }[];
            lines: components["schemas"]["MinuteLine"][];
            /** @description of criteria over results of QA */
            results: {
                criterion: string;
                results: {
                    at: components["schemas"]["Time"];
                    success: boolean;
                }[];
            }[];
            /** @description when the record was drained */
            drains: {
                from: components["schemas"]["Time"];
                to: components["schemas"]["Time"] | null;
                status: string;
            }[];
            /** @description judged under suspicion: silence of a device that a mass silence of the source excuses */
            excused: {
                device: string;
                source: string;
                from: components["schemas"]["Time"];
                /** @description exclusive */
                to: components["schemas"]["Time"];
            }[];
            /** @description of a past day: the first minute that something was recorded of */
            recorded_from: components["schemas"]["Time"] | null;
            /** @description why not all could be read */
            incomplete: string | null;
        };
        /** @description a value of a counter; numbers as text, for a double does not hold all of them */
        Reading: {
            at: components["schemas"]["Time"];
            value: string;
        };
        PortReadings: {
            /** @enum {string} */
            side: "" | "A" | "Z";
            device: string;
            interface: string;
            /** @description the parent port's, which stands in for a sub-interface */
            parent_port: boolean;
            /**
             * @description what became of the minute's octet readings
             * @enum {string}
             */
            octets: "kept" | "no rows" | "not kept" | "not closed" | "too old";
            counters: {
                counter: string;
                /** @description the last that is kept of an earlier minute */
                before: components["schemas"]["Reading"] | null;
                readings: {
                    at: components["schemas"]["Time"];
                    value: string;
                    /** @description to the one before it */
                    difference: string | null;
                }[];
                /** @description there may have been more between them: of octets the first and the last of a minute are kept */
                left_out: boolean;
            }[];
        };
        RecordReadings: {
            kind: components["schemas"]["Kind"];
            code: string;
            pubkey: components["schemas"]["Pubkey"];
            minute: components["schemas"]["Time"];
            ports: components["schemas"]["PortReadings"][];
        };
        AssessmentList: {
            /** @description digest of the policy in force */
            policy: string;
            /** @description by code */
            assessments: components["schemas"]["Assessment"][];
            /** @description cursor of the next page; null: this was the last */
            next: string | null;
        };
        /** @description one change of health */
        Decision: {
            id: number;
            at: components["schemas"]["Time"];
            slot: number;
            kind: components["schemas"]["Kind"];
            pubkey: components["schemas"]["Pubkey"];
            code: string;
            from: string;
            to: string;
            reason: string;
            sentence: string;
            signature: string;
            policy: string;
            /** @description index of what is stated about it; null: nothing is */
            statement: number | null;
            /** @description of the log, that its statement is under; null: none that is shown yet */
            checkpoint: components["schemas"]["StatedUnder"] | null;
            /** @description of the judges that held it, as its statement has them; null: nothing is stated */
            opinions: components["schemas"]["StatedOpinion"][] | null;
            findings: components["schemas"]["Finding"][];
        };
        /** @description the checkpoint that is shown: /log/checkpoint */
        StatedUnder: {
            /** @description the name of the log */
            origin: string;
            /** @description entries under it */
            size: number;
            /** @description those of this monitor that have cosigned it */
            witnesses: string[];
        };
        /** @description that another judge held the same: docs/formats/opinion.md */
        StatedOpinion: {
            /** @description its name here, or its key */
            judge: string;
            key: components["schemas"]["Pubkey"];
            window_end: components["schemas"]["Time"];
            at: components["schemas"]["Time"];
        };
        /** @description what is stated about the last decision about a record */
        LastStatement: {
            index: number;
            at: components["schemas"]["Time"];
            from: string;
            to: string;
            reason: string;
            transaction: string;
            checkpoint: components["schemas"]["StatedUnder"] | null;
            opinions: components["schemas"]["StatedOpinion"][] | null;
        };
        /** @description a decision checked by this monitor; who does not take its word checks the bundle */
        Verification: {
            /** @description of its statement */
            index: number;
            transaction: string;
            /** @description its transaction is being read from the ledger: ask again */
            reading: boolean;
            /** @description every step holds */
            verified: boolean;
            /** @description in their order; the first that does not hold is the last one */
            steps: components["schemas"]["VerifyStep"][];
            bundle?: components["schemas"]["Bundle"];
        };
        VerifyStep: {
            /** @description docs/formats/decision-bundle.md; ledger: the transaction is there and succeeded */
            part: string;
            holds: boolean;
            /** @description what was found, or what differs */
            says: string;
        };
        /** @description what is stated about one change of health: docs/formats/decision.md */
        Statement: {
            /** @description of the monitor's statements, from 0 */
            index: number;
            /** @description RFC 6962 hash of its bytes, in hex */
            hash: string;
            /**
             * @description what became of its transaction: unknown, the ledger did not say; interrupted, the monitor ended before it knew
             * @enum {string}
             */
            outcome: "open" | "landed" | "refused" | "not-sent" | "unknown" | "interrupted";
            /** @description its signature; null where none is known */
            transaction: string | null;
            /** @description its bytes, in base64 */
            statement: string;
            /** @description when asked for: the leaves under its root over the minutes, in base64; none where they are not kept any more */
            minutes?: string[];
            bundle?: components["schemas"]["Bundle"];
        };
        /** @description when asked for: docs/formats/decision-bundle.md, without the transaction */
        Bundle: {
            format: string;
            /** @description empty, unless the ledger was asked for it */
            transaction: string;
            statements: string[];
            decision: number;
            account: string;
            minutes: string[];
            policy: string;
            index: number;
            inclusion: string[];
            checkpoint: string;
            witnesses: string[];
        };
        StatementList: {
            transaction: string;
            statements: components["schemas"]["Statement"][];
        };
        DecisionList: {
            /** @description newest first */
            decisions: components["schemas"]["Decision"][];
            next: string | null;
        };
        WordChange: {
            /** @description null where it is not known */
            before: string | null;
            after: string;
        };
        /** @description one transaction that wrote to the record, or a decision that none of them is known to have written */
        HistoryEntry: {
            /** @description null: the ledger did not say */
            time: components["schemas"]["Time"] | null;
            slot: number;
            /** @enum {string} */
            event: "written" | "created" | "accepted" | "decided";
            /** @description null: not written */
            status: components["schemas"]["WordChange"] | null;
            desired_status: components["schemas"]["WordChange"] | null;
            health: components["schemas"]["WordChange"] | null;
            signer: components["schemas"]["Pubkey"] | null;
            /** @description what the signer is to the record by now */
            role: string | null;
            signature: string | null;
            /** @description the monitor's, of a health that it wrote */
            reason: string | null;
        };
        History: {
            pubkey: components["schemas"]["Pubkey"];
            kind: components["schemas"]["Kind"];
            /** @description newest first */
            history: components["schemas"]["HistoryEntry"][];
            /** @description nothing came before the last entry of this page */
            from_creation: boolean;
            /** @description why there is no older entry here */
            ends: string | null;
            /** @description the ledger is still being read: ask the same again */
            reading: boolean;
            next: string | null;
        };
        Alarm: {
            alarm: string;
            /** @description a record's code, a source, or what else it is about */
            subject: string;
            text: string;
            kind?: components["schemas"]["Kind"];
            code?: string;
            pubkey?: components["schemas"]["Pubkey"];
            /** @enum {string} */
            state?: "failing" | "recovering";
            since?: components["schemas"]["Time"] | null;
            ends?: string;
            cause?: components["schemas"]["Cause"] | null;
            devices?: number;
            silent?: string[];
            criterion?: string | null;
            interface?: string | null;
            returns_at?: components["schemas"]["Time"] | null;
        };
        AlarmList: {
            alarms: components["schemas"]["Alarm"][];
            next: string | null;
        };
        Incident: {
            id: string;
            /** @enum {string} */
            state: "failing" | "recovering";
            since: components["schemas"]["Time"];
            state_since: components["schemas"]["Time"];
            title: string;
            cause_kind: string;
            cause: components["schemas"]["Cause"];
            gates: boolean;
            /** @description a record in service is impaired by it */
            impairs: boolean;
            count: number;
            /** @description at most 1,000 */
            records: {
                kind?: components["schemas"]["Kind"];
                code?: string;
                pubkey?: components["schemas"]["Pubkey"];
                status?: string;
                health?: string;
                /** @description it is the first cause of that record */
                leads?: boolean;
            }[];
            returns_at: components["schemas"]["Time"] | null;
            ends: string;
            needs: null | {
                who: string;
                what?: string;
                contributor?: string;
            };
        };
        IncidentList: {
            incidents: components["schemas"]["Incident"][];
        };
        Maintenance: {
            id: string;
            pubkey: components["schemas"]["Pubkey"];
            code: string;
            from: components["schemas"]["Time"];
            to: components["schemas"]["Time"];
            ended_at: components["schemas"]["Time"] | null;
            /** @enum {string} */
            state: "coming" | "holds" | "over";
            why: string;
            by: components["schemas"]["Pubkey"];
            signature: string;
        };
        MaintenanceRequest: {
            /** @description of the link or device */
            pubkey: components["schemas"]["Pubkey"];
            /**
             * Format: date-time
             * @description in whole seconds
             */
            from: string;
            /**
             * Format: date-time
             * @description in whole seconds, at most 14 days later
             */
            to: string;
            /** @description at most 200 bytes */
            why: string;
            by: components["schemas"]["Pubkey"];
            /** @description of the statement, in base58 */
            signature: string;
        };
        MaintenanceEnd: {
            by: components["schemas"]["Pubkey"];
            /** @description of the statement, in base58 */
            signature: string;
        };
        /** @description a place where devices stand */
        Metro: {
            pubkey: components["schemas"]["Pubkey"];
            code: string;
            name: string;
            /** @enum {string} */
            kind: "exchange" | "location";
            lat: number;
            lng: number;
        };
        MetroList: {
            /** @description exchanges, then locations, each by code */
            metros: components["schemas"]["Metro"][];
        };
        MaintenanceList: {
            maintenances: components["schemas"]["Maintenance"][];
        };
        /** @description what one judge holds of one record */
        Opinion: {
            kind: components["schemas"]["Kind"];
            code: string;
            pubkey: components["schemas"]["Pubkey"];
            /** @description that it would write */
            health: string;
            /** @description SHA-256 of the account's data as judged, in hex */
            account: string;
            window_end: components["schemas"]["Time"];
            at: components["schemas"]["Time"];
            /** @description the signed bytes in base64: docs/formats/opinion.md */
            opinion: string;
        };
        OpinionList: {
            /** @description the key that signed them; null: this monitor gives none */
            judge: components["schemas"]["Pubkey"] | null;
            /** @description those asked for by name, then at most 256 of those that differ from the ledger */
            opinions: components["schemas"]["Opinion"][];
            /** @description with minutes=1: each leaf in base64, docs/formats/decision.md; not signed */
            minutes?: string[];
        };
        /** @description what one judge has of a minute; of QA good is a success, bad a failure */
        JudgedMinute: {
            /** @enum {string} */
            state: "unobserved" | "good" | "bad";
            /** @description at fault; empty: none, or it is not bad */
            counters: string;
            /** @description it counts against what is in service */
            damped_bad: boolean;
        };
        /** @description minutes in a row of which two judges have different things */
        MinuteDifference: {
            criterion: string;
            source: string;
            /** @description null: results of QA */
            signal: string | null;
            subject: string;
            from: components["schemas"]["Time"];
            /** @description not included */
            to: components["schemas"]["Time"];
            here: components["schemas"]["JudgedMinute"];
            there: components["schemas"]["JudgedMinute"];
            text: string;
        };
        /** @description the minutes of this monitor beside those of another judge */
        Differences: {
            /** @description minutes that both have */
            compared: number;
            count: number;
            /** @description at most 50 */
            minutes: components["schemas"]["MinuteDifference"][];
            /** @description signals that only one judged by */
            not_compared: string[];
        };
        /** @description a judge that would write something else */
        DisagreeingJudge: {
            judge: string;
            key: components["schemas"]["Pubkey"];
            /** @description that it would write */
            health: string;
            /** @description null: its minutes are not known yet */
            differences: components["schemas"]["Differences"] | null;
        };
        /** @description another monitor whose opinion counts */
        Judge: {
            judge: string;
            key: components["schemas"]["Pubkey"];
            url: string;
            answers: boolean;
            answered_at: components["schemas"]["Time"] | null;
            error: string | null;
            /** @description heard of it in the last two minutes */
            opinions: number;
        };
        /** @description a change of health that waits for other judges */
        WaitingChange: {
            kind: components["schemas"]["Kind"];
            code: string;
            pubkey: components["schemas"]["Pubkey"];
            from: string;
            to: string;
            since: components["schemas"]["Time"];
            needed: number;
            agree: number;
            disagree: components["schemas"]["DisagreeingJudge"][];
            /** @description whom it waits for, what they would write, and where their minutes differ */
            text: string;
        };
        /** @description this monitor among several judges; k of 1 and no peers: it decides alone */
        JudgesStatus: {
            k: number;
            n: number;
            key: components["schemas"]["Pubkey"] | null;
            peers: components["schemas"]["Judge"][];
            waiting_count: number;
            /** @description at most 100 */
            waiting: components["schemas"]["WaitingChange"][];
        };
        /** @description the ledger as this monitor knows it */
        LedgerStatus: {
            read_at: components["schemas"]["Time"] | null;
            age_seconds: number | null;
            slot: number | null;
            block_age_seconds: number | null;
            trouble: string | null;
            environment: string | null;
            genesis: string | null;
            profile: string;
            links: number;
            devices: number;
            unreadable_accounts: number;
        };
        /** @description how much may be written; null: there is no limit */
        ChangeBudget: {
            writes_a_minute: number | null;
            left_in_minute: number | null;
            records_an_hour: number | null;
            left_in_hour: number | null;
            deferred: number;
            deferred_since: components["schemas"]["Time"] | null;
            opens_at: components["schemas"]["Time"] | null;
            reason: string | null;
        };
        WritingStatus: {
            /** @enum {string} */
            mode: "write" | "standby" | "observe";
            /** @description the part of the fleet that it judges, such as 2/3; null: all of it */
            shard?: string | null;
            may_write: boolean;
            why_not: string | null;
            key: components["schemas"]["Pubkey"] | null;
            writer_silent_seconds: number | null;
            budget: components["schemas"]["ChangeBudget"];
        };
        /** @description whether an activator is at work, as the records show it */
        ActivatorStatus: {
            /** @description null: not since this monitor started */
            acted_at: components["schemas"]["Time"] | null;
            due_count: number;
            due_since: components["schemas"]["Time"] | null;
            /** @description codes of records that wait to be moved, at most 100 */
            due: string[];
        };
        Store: {
            store: string;
            kind: string;
            subject: string;
            requests: number;
            bytes: number;
            rows: number;
            /** @description of the last answer */
            last_bytes: number;
            last_rows: number;
            rows_unknown: number;
            rows_unreadable: number;
            watermark?: components["schemas"]["Time"];
            age_seconds?: number;
            failures: Record<string, never>;
            /** @description with the words of the server */
            last_error?: string;
            asked_again_at?: components["schemas"]["Time"];
            answered_at?: components["schemas"]["Time"];
            /** @description counters that it does not have */
            lacks?: string[];
            back_fill?: {
                done_minutes: number;
                of_minutes: number;
            };
        };
        SourceStatus: {
            source: string;
            pushed: boolean;
            watermark: components["schemas"]["Time"] | null;
            age_seconds: number | null;
            stale: boolean;
            trouble: string | null;
            disputed: boolean;
            suspect_since: components["schemas"]["Time"] | null;
            suspect_devices: number;
            silent_count: number;
            /** @description codes of devices that fell silent together, at most 100 */
            silent: string[];
            stores: components["schemas"]["Store"][];
        };
        PushedStatus: {
            requests: number;
            rows: number;
            unauthorised: number;
            lines_unreadable: number;
            devices_unknown: number;
            tokens: number;
        };
        /** @description how long something took */
        Times: {
            count: number;
            mean_seconds: number | null;
            /** @description a bound of the histogram in /metrics; null: there is none, or half took longer than a minute */
            half_within_seconds: number | null;
            /** @description the same of 99 in 100 */
            p99_within_seconds: number | null;
        };
        /** @description what the monitor does or waits for */
        Work: {
            /** @enum {string} */
            what: "pass" | "ledger call" | "health write" | "answer of a store";
            /** @description of a store: its name, and what it is asked for */
            of: string | null;
            since_start: components["schemas"]["Times"];
            /** @description of the last ten to twenty minutes; null: not kept */
            lately: components["schemas"]["Times"] | null;
        };
        Webhook: {
            name: string;
            kind: string;
            to: string;
            state: string;
            events_waiting: number;
            oldest_at?: components["schemas"]["Time"];
            last_delivered_at?: components["schemas"]["Time"];
            next_try_at?: components["schemas"]["Time"];
            failures?: number;
            last_error?: string;
            /** @description the last test message of this run */
            test?: {
                at: components["schemas"]["Time"];
                /** @enum {string} */
                state: "sent" | "taken" | "failed";
                /** @description what the receiver answered, or why there was no answer */
                said: string;
            };
        };
        WebhookTest: {
            name: string;
            /** @description that of the `test` which will have the answer */
            at: components["schemas"]["Time"];
        };
        PolicyStatus: {
            digest: string;
            /** @description to the default policy of the profile */
            differences: {
                key: string;
                value: string | null;
                default: string | null;
            }[];
        };
        /** @description never a secret */
        SettingInForce: {
            key: string;
            value: string;
            /** @enum {string} */
            origin: "default" | "file" | "flag";
        };
        StoreFile: {
            path: string;
            bytes: number | null;
            log_bytes: number | null;
            problem: string | null;
            damage: string[];
            devices: number;
            interfaces: number;
            directions: number;
        };
        /** @description how the monitor itself is */
        Status: {
            at: components["schemas"]["Time"];
            version: string;
            started_at: components["schemas"]["Time"];
            clock_problem: string | null;
            ledger: components["schemas"]["LedgerStatus"];
            writing: components["schemas"]["WritingStatus"];
            activator: components["schemas"]["ActivatorStatus"];
            sources: components["schemas"]["SourceStatus"][];
            work: components["schemas"]["Work"][];
            pushed: components["schemas"]["PushedStatus"];
            webhooks: components["schemas"]["Webhook"][];
            judges: components["schemas"]["JudgesStatus"];
            policy: components["schemas"]["PolicyStatus"];
            settings: components["schemas"]["SettingInForce"][];
            store: components["schemas"]["StoreFile"];
        };
        Policy: {
            digest: string;
            /** @description the network it is for */
            profile: string;
            /** @description every key, as docs/formats/policy.md has them */
            text: string;
        };
        BacktestRequest: {
            /** @description a time, or how long ago: 7d */
            from: string;
            /** @description the same, or now; without it, now */
            to?: string;
            /** @description a policy file; what it does not say is as the ledger's default has it */
            policy: string;
            /** @description shows this link or device only, by code or pubkey; all are judged */
            record?: string;
        };
        /** @description data of an event `progress` */
        BacktestProgress: {
            /** @description so far it has come */
            at: components["schemas"]["Time"];
            percent: number;
        };
        BacktestSide: {
            at: components["schemas"]["Time"];
            reason: string;
            sentence: string;
            /** @description moves of status, until the record's next decision */
            followed: {
                at: components["schemas"]["Time"];
                from: string;
                to: string;
            }[];
        };
        BacktestDecision: {
            kind: components["schemas"]["Kind"];
            pubkey: components["schemas"]["Pubkey"];
            code: string;
            from: string;
            to: string;
            /** @enum {string} */
            difference: "same" | "earlier" | "later" | "new" | "missing";
            minutes_later: number | null;
            decided: components["schemas"]["BacktestSide"] | null;
            recorded: components["schemas"]["BacktestSide"] | null;
        };
        /** @description a record that ends elsewhere than it was recorded */
        BacktestPlace: {
            kind: components["schemas"]["Kind"];
            pubkey: components["schemas"]["Pubkey"];
            code: string;
            since: components["schemas"]["Time"];
            decided: {
                status: string;
                health: string;
            };
            recorded: {
                status: string;
                health: string;
            };
        };
        /** @description data of an event `outcome` */
        Backtest: {
            from: components["schemas"]["Time"];
            to: components["schemas"]["Time"];
            records: number;
            policy_under_test: {
                name: string;
                digest: string;
            };
            policies_in_force: {
                since: components["schemas"]["Time"];
                digest: string;
            }[];
            notes: string[];
            summary: {
                same: number;
                earlier: number;
                later: number;
                new: number;
                missing: number;
            };
            elsewhere: components["schemas"]["BacktestPlace"][];
            decisions: components["schemas"]["BacktestDecision"][];
        };
        /** @description data of an event `source` */
        SourceEvent: {
            /** @enum {string} */
            change: "added" | "changed" | "gone";
            at: components["schemas"]["Time"];
            source: string;
            watermark: components["schemas"]["Time"] | null;
            suspect: boolean;
        };
        /** @description data of an event `resync`: read the lists again */
        Resync: {
            reason: string;
        };
        Document: {
            openapi: string;
            info: Record<string, never>;
            paths: Record<string, never>;
            components: Record<string, never>;
            servers?: Record<string, never>[];
            security?: Record<string, never>[];
        };
        /** @description data of an event `record`; of one that is gone without what is judged */
        RecordEvent: {
            /** @enum {string} */
            change: "added" | "changed" | "gone";
            at: components["schemas"]["Time"];
            kind: components["schemas"]["Kind"];
            code: string;
            pubkey: components["schemas"]["Pubkey"];
            status: string;
            desired_status: string;
            /** @description on the ledger */
            health: string;
            /** @description what the monitor makes of it */
            next_health: string;
            reason: string;
            /** @description null when something else has to happen first */
            healthy_at: components["schemas"]["Time"] | null;
            condition?: components["schemas"]["Condition"];
            cause?: components["schemas"]["Cause"] | null;
            maintenance?: components["schemas"]["RecordMaintenance"] | null;
        };
        /** @description data of an event `alarm`: an Alarm without what speaks of the time */
        AlarmEvent: {
            /** @enum {string} */
            change: "added" | "changed" | "gone";
            at: components["schemas"]["Time"];
            alarm: string;
            /** @description a record's code, a source, or what else it is about */
            subject: string;
            kind?: components["schemas"]["Kind"];
            code?: string;
            pubkey?: components["schemas"]["Pubkey"];
            /** @enum {string} */
            state?: "failing" | "recovering";
            since?: components["schemas"]["Time"] | null;
            devices?: number;
            silent?: string[];
            criterion?: string | null;
            interface?: string | null;
            returns_at?: components["schemas"]["Time"] | null;
        };
        /** @description data of an event `incident`: an Incident without what speaks of the time, and without its records */
        IncidentEvent: {
            /** @enum {string} */
            change: "added" | "changed" | "gone";
            at: components["schemas"]["Time"];
            id: string;
            /** @enum {string} */
            state: "failing" | "recovering";
            since: components["schemas"]["Time"];
            state_since: components["schemas"]["Time"];
            title: string;
            cause_kind: string;
            gates: boolean;
            /** @description a record in service is impaired by it */
            impairs: boolean;
            count: number;
            returns_at: components["schemas"]["Time"] | null;
            needs: null | {
                who: string;
                what?: string;
                contributor?: string;
            };
        };
        /** @description data of an event `decision` */
        DecisionEvent: {
            /** @enum {string} */
            change: "added" | "changed" | "gone";
            at: components["schemas"]["Time"];
            id: number;
            slot: number;
            kind: components["schemas"]["Kind"];
            pubkey: components["schemas"]["Pubkey"];
            code: string;
            from: string;
            to: string;
            reason: string;
            sentence: string;
            signature: string;
            policy: string;
            /** @description index of what is stated about it; null: nothing is */
            statement: number | null;
        };
        /** @description a server-sent event; a comment comes every 15 s */
        Event: {
            /** @enum {string} */
            event: "record";
            data: string;
        } | {
            /** @enum {string} */
            event: "alarm";
            data: string;
        } | {
            /** @enum {string} */
            event: "incident";
            data: string;
        } | {
            /** @enum {string} */
            event: "source";
            data: string;
        } | {
            /** @enum {string} */
            event: "decision";
            data: string;
        } | {
            /** @enum {string} */
            event: "resync";
            data: string;
        };
        /** @description a server-sent event: progress at least every 15 s, and at the end outcome or failed */
        BacktestEvent: {
            /** @enum {string} */
            event: "progress";
            data: string;
        } | {
            /** @enum {string} */
            event: "outcome";
            data: string;
        } | {
            /** @enum {string} */
            event: "failed";
            data: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listAssessments: {
        parameters: {
            query?: {
                /** @description only these kinds of record */
                kind?: ("link" | "device")[];
                /** @description what is in force on the ledger */
                status?: ("pending" | "activated" | "deleting" | "rejected" | "requested" | "hard-drained" | "soft-drained")[];
                /** @description what is wanted */
                desired_status?: ("activated" | "soft-drained" | "hard-drained" | "deleted")[];
                /** @description what the ledger says of the record's health */
                health?: ("unknown" | "pending" | "healthy" | "impaired")[];
                /** @description how the record is now, by the newest pass */
                condition?: ("good" | "failing" | "recovering" | "collecting" | "held" | "needs-action")[];
                /** @description code or pubkey: of a device, or of either side of a link */
                contributor?: string[];
                /** @description code or pubkey: the device itself, and links that end at it */
                device?: string[];
                /** @description code or pubkey of an exchange or location: of a device, or of either side of a link */
                metro?: string[];
                /** @description so many at most; `next` has the cursor of the following ones */
                limit?: number;
                /** @description `next` of the page before */
                cursor?: string;
                /** @description 0: without the criteria, which are the most of it */
                findings?: "0" | "1";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every record: health now and next, one sentence, every criterion */
            200: {
                headers: {
                    /** @description for If-None-Match: changes with each pass of the monitor */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssessmentList"];
                };
            };
            /** @description As it was when the tag of If-None-Match was given */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter or a value that is not known; says what was expected */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Another method */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not now: the ledger was not read yet, or there is no room; ask again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getAssessment: {
        parameters: {
            query?: {
                /** @description text: the page that `doublezero link explain` prints */
                format?: "json" | "text";
                /** @description 1: every run of minutes that were not good */
                minutes?: "0" | "1";
                /** @description 1: one character per cell of the window */
                strip?: "0" | "1";
                /** @description columns of the page, or of a strip */
                width?: number;
            };
            header?: never;
            path: {
                /** @description pubkey or code of a link or device */
                record: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One record, by pubkey or code */
            200: {
                headers: {
                    /** @description for If-None-Match: changes with each pass of the monitor */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Assessment"];
                    "text/plain": string;
                };
            };
            /** @description As it was when the tag of If-None-Match was given */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter or a value that is not known; says what was expected */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Nothing has that name */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Another method */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description It was there, and is gone from the ledger; says where its decisions are */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not now: the ledger was not read yet, or there is no room; ask again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getMinutes: {
        parameters: {
            query: {
                /** @description code or pubkey of one link or device */
                record: string;
                /** @description a day of UTC, out of the history; without it the present one and the windows judged */
                day?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every minute behind what is judged of one record: of the last day, or of a past one out of the history */
            200: {
                headers: {
                    /** @description for If-None-Match: changes with each pass of the monitor */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordMinutes"];
                };
            };
            /** @description As it was when the tag of If-None-Match was given */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter or a value that is not known; says what was expected */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Nothing has that name */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Another method */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description It was there, and is gone from the ledger; says where its decisions are */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not now: the ledger was not read yet, or there is no room; ask again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getReadings: {
        parameters: {
            query: {
                /** @description code or pubkey of one link or device */
                record: string;
                /** @description a time in it */
                minute: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The counter readings of one minute of one record, as far as they are kept */
            200: {
                headers: {
                    /** @description for If-None-Match: changes with each pass of the monitor */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordReadings"];
                };
            };
            /** @description As it was when the tag of If-None-Match was given */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter or a value that is not known; says what was expected */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Nothing has that name */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Another method */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description It was there, and is gone from the ledger; says where its decisions are */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not now: the ledger was not read yet, or there is no room; ask again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listDecisions: {
        parameters: {
            query?: {
                /** @description only these kinds of record */
                kind?: ("link" | "device")[];
                /** @description what health was changed to */
                health?: ("unknown" | "pending" | "healthy" | "impaired")[];
                /** @description code or pubkey: of a device, or of either side of a link */
                contributor?: string[];
                /** @description code or pubkey: the device itself, and links that end at it */
                device?: string[];
                /** @description code or pubkey of an exchange or location: of a device, or of either side of a link */
                metro?: string[];
                /** @description code or pubkey of one record; by pubkey also of one that is gone */
                record?: string;
                /** @description so many at most; `next` has the cursor of the following ones */
                limit?: number;
                /** @description `next` of the page before */
                cursor?: string;
                /** @description those with a smaller id */
                before?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every change of health, newest first */
            200: {
                headers: {
                    /** @description for If-None-Match: changes with each pass of the monitor */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DecisionList"];
                };
            };
            /** @description As it was when the tag of If-None-Match was given */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter or a value that is not known; says what was expected */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Nothing has that name */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Another method */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not now: the ledger was not read yet, or there is no room; ask again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listStatements: {
        parameters: {
            query: {
                /** @description its signature */
                transaction: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What is stated about the decisions of one transaction, in the order of its instructions (docs/formats/decision.md) */
            200: {
                headers: {
                    /** @description for If-None-Match: changes with each pass of the monitor */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatementList"];
                };
            };
            /** @description As it was when the tag of If-None-Match was given */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter or a value that is not known; says what was expected */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Another method */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not now: the ledger was not read yet, or there is no room; ask again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getStatement: {
        parameters: {
            query?: {
                /** @description 1: with the minutes it rests on */
                minutes?: "0" | "1";
                /** @description 1: with everything that shows it, but the transaction (docs/formats/decision-bundle.md) */
                bundle?: "0" | "1";
            };
            header?: never;
            path: {
                /** @description its index, or its hash in hex */
                statement: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One statement, by its index or its hash in hex */
            200: {
                headers: {
                    /** @description for If-None-Match: changes with each pass of the monitor */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Statement"];
                };
            };
            /** @description As it was when the tag of If-None-Match was given */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter or a value that is not known; says what was expected */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Nothing has that name */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Another method */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not now: the ledger was not read yet, or there is no room; ask again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    verifyDecision: {
        parameters: {
            query?: {
                /** @description 1: with everything that was checked, to check it oneself (docs/formats/decision-bundle.md) */
                bundle?: "0" | "1";
            };
            header?: never;
            path: {
                /** @description its index, or its hash in hex */
                statement: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A decision checked by this monitor, step by step, as `doublezero decision verify` does it; by the index of its statement, or its hash in hex */
            200: {
                headers: {
                    /** @description for If-None-Match: changes with each pass of the monitor */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Verification"];
                };
            };
            /** @description As it was when the tag of If-None-Match was given */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter or a value that is not known; says what was expected */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Nothing has that name */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Another method */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not now: the ledger was not read yet, or there is no room; ask again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getHistory: {
        parameters: {
            query?: {
                /** @description code or pubkey of one record; of one that is gone too */
                record?: string;
                /** @description so many at most; `next` has the cursor of the following ones */
                limit?: number;
                /** @description `next` of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every write of status, desired_status and health of one record, newest first: by whom, and why */
            200: {
                headers: {
                    /** @description for If-None-Match: changes with each pass of the monitor */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["History"];
                };
            };
            /** @description As it was when the tag of If-None-Match was given */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter or a value that is not known; says what was expected */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Nothing has that name */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Another method */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not now: the ledger was not read yet, or there is no room; ask again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listAlarms: {
        parameters: {
            query?: {
                /** @description only these kinds of alarm */
                alarm?: ("mass-silence" | "stale-source" | "health-disagreement" | "impaired-in-service" | "sources-disagree" | "change-budget" | "clock-not-believed")[];
                /** @description only these kinds of record */
                kind?: ("link" | "device")[];
                /** @description what is in force on the ledger */
                status?: ("pending" | "activated" | "deleting" | "rejected" | "requested" | "hard-drained" | "soft-drained")[];
                /** @description what is wanted */
                desired_status?: ("activated" | "soft-drained" | "hard-drained" | "deleted")[];
                /** @description what the ledger says of the record's health */
                health?: ("unknown" | "pending" | "healthy" | "impaired")[];
                /** @description code or pubkey: of a device, or of either side of a link */
                contributor?: string[];
                /** @description code or pubkey: the device itself, and links that end at it */
                device?: string[];
                /** @description code or pubkey of an exchange or location: of a device, or of either side of a link */
                metro?: string[];
                /** @description so many at most; `next` has the cursor of the following ones */
                limit?: number;
                /** @description `next` of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What people have to look at now */
            200: {
                headers: {
                    /** @description for If-None-Match: changes with each pass of the monitor */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmList"];
                };
            };
            /** @description As it was when the tag of If-None-Match was given */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter or a value that is not known; says what was expected */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Another method */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not now: the ledger was not read yet, or there is no room; ask again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listIncidents: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What is at fault, with the records that suffer from it */
            200: {
                headers: {
                    /** @description for If-None-Match: changes with each pass of the monitor */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IncidentList"];
                };
            };
            /** @description As it was when the tag of If-None-Match was given */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter or a value that is not known; says what was expected */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Another method */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not now: the ledger was not read yet, or there is no room; ask again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listMaintenances: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Records that are being worked on */
            200: {
                headers: {
                    /** @description for If-None-Match: changes with each pass of the monitor */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MaintenanceList"];
                };
            };
            /** @description As it was when the tag of If-None-Match was given */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter or a value that is not known; says what was expected */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Another method */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    addMaintenance: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MaintenanceRequest"];
            };
        };
        responses: {
            /** @description Says that a record is being worked on, signed (docs/formats/maintenance.md) */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Maintenance"];
                };
            };
            /** @description A parameter or a value that is not known; says what was expected */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not for who asks: says who may */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Nothing has that name */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Another method */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There are too many of them */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not now: the ledger was not read yet, or there is no room; ask again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    endMaintenance: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description as the list has it */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MaintenanceEnd"];
            };
        };
        responses: {
            /** @description Says that a maintenance is over, signed (docs/formats/maintenance.md) */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Maintenance"];
                };
            };
            /** @description A parameter or a value that is not known; says what was expected */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not for who asks: says who may */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Nothing has that name */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Another method */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not now: the ledger was not read yet, or there is no room; ask again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The policy in force, written out in full as a policy file */
            200: {
                headers: {
                    /** @description for If-None-Match: changes with each pass of the monitor */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Policy"];
                };
            };
            /** @description As it was when the tag of If-None-Match was given */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter or a value that is not known; says what was expected */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Another method */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    tryPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BacktestRequest"];
            };
        };
        responses: {
            /** @description What another policy would have decided over the recorded minutes; progress, then the outcome (server-sent events). It ends when the client goes */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["BacktestEvent"];
                };
            };
            /** @description A parameter or a value that is not known; says what was expected */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Expected a token of the monitor */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not for who asks: says who may */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Another method */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not now: the ledger was not read yet, or there is no room; ask again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    testWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description its name */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Sends a test message to a webhook; what it answered is in the webhook's `test` of the status. From the monitor's own machine only */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookTest"];
                };
            };
            /** @description A parameter or a value that is not known; says what was expected */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not for who asks: says who may */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Nothing has that name */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Another method */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description One is under way */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listMetros: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Exchanges and locations of the ledger: where devices stand */
            200: {
                headers: {
                    /** @description for If-None-Match: changes with each pass of the monitor */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MetroList"];
                };
            };
            /** @description As it was when the tag of If-None-Match was given */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter or a value that is not known; says what was expected */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Another method */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not now: the ledger was not read yet, or there is no room; ask again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listOpinions: {
        parameters: {
            query?: {
                /** @description the pubkey of a record whose opinion is wanted too; at most 64 */
                record?: string[];
                /** @description 1: of one record, with the minutes that it would be judged by */
                minutes?: "0" | "1";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this monitor holds of records whose health it would change, signed, for other judges */
            200: {
                headers: {
                    /** @description for If-None-Match: changes with each pass of the monitor */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpinionList"];
                };
            };
            /** @description As it was when the tag of If-None-Match was given */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter or a value that is not known; says what was expected */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Another method */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not now: the ledger was not read yet, or there is no room; ask again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getStatus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The monitor itself: its view of the ledger, sources, whether it may write, what it runs with */
            200: {
                headers: {
                    /** @description for If-None-Match: changes with each pass of the monitor */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
            /** @description As it was when the tag of If-None-Match was given */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter or a value that is not known; says what was expected */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Another method */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    stream: {
        parameters: {
            query?: never;
            header?: {
                /** @description the last event that was seen: what came after it comes first */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Changes of records, alarms, incidents, sources and decisions as they come (server-sent events) */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["Event"];
                };
            };
            /** @description A parameter or a value that is not known; says what was expected */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Another method */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not now: the ledger was not read yet, or there is no room; ask again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getOpenapi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This document */
            200: {
                headers: {
                    /** @description for If-None-Match: changes with each pass of the monitor */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Document"];
                };
            };
            /** @description As it was when the tag of If-None-Match was given */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter or a value that is not known; says what was expected */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Another method */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
}

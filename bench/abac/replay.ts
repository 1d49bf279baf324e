import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { decide } from '../../core/access/decisions/decide';
import { prepare, type LivePolicies } from '../../core/access/decisions/livePolicies';
import { logEntry } from '../../core/access/decisions/logged';
import { AccessQuestion } from '../../core/access/decisions/question';
import { replayLog } from '../../core/access/decisions/replayLog';
import { Replay } from '../../core/access/decisions/simulate';
import { compileForm } from '../../core/access/policies/compileForm';
import { PolicyDefinition } from '../../core/access/policies/definition';
import { PolicyForm } from '../../core/access/policies/form';
import type { Database } from '../../core/store/database';
import { appendToLog } from '../../core/store/decisionLog';
import { openSqlite } from '../../core/store/sqlite';
import { generator, pick } from './workload';

export interface ReplayResult {
	decisions: number;
	/** from the first record read to the last one decided, as whoever waits for it sees it */
	seconds: number;
	decisionsByCedar: number;
	secondsByCedar: number;
	flips: number;
	/** what was not replayed, and what flips with the policies that it was decided by: none, or something is wrong */
	wrong: number;
}

const SET = 'main';
const STRICT = { isStrict: true };

/** Decisions that were logged, replayed from a store on disk as the ABAC node's Simulate does. Prints one line of JSON. */
async function main(): Promise<void> {
	const { values } = parseArgs({ options: { decisions: { type: 'string', default: '1000000' } } });
	const decisions = Number(values.decisions);
	const byCedar = Math.min(decisions, 10_000);
	const folder = await mkdtemp(join(tmpdir(), 'replay-'));
	try {
		const database = await openSqlite(join(folder, 'state.sqlite'));
		try {
			await fill(database, policies(), decisions);
			const same = new Replay(policies(), STRICT, 100);
			await replayLog(database, SET, { upTo: byCedar }, same);
			const compiled = await replayed(database, policies('compiled', 4), decisions);
			const cedar = await replayed(database, policies('cedar', 4), byCedar);
			const { newlyPermitted, newlyDenied, undecidable } = compiled.result;
			const result: ReplayResult = {
				decisions: compiled.result.replayed,
				seconds: compiled.seconds,
				decisionsByCedar: cedar.result.replayed,
				secondsByCedar: cedar.seconds,
				flips: newlyPermitted + newlyDenied + undecidable,
				wrong: decisions - compiled.result.replayed + byCedar - same.result.unchanged,
			};
			console.log(JSON.stringify(result));
		} finally {
			await database.close();
		}
	} finally {
		await rm(folder, { recursive: true });
	}
}

async function replayed(database: Database, live: LivePolicies, upTo: number) {
	const replay = new Replay(live, STRICT, 100);
	const start = performance.now();
	await replayLog(database, SET, { upTo }, replay);
	return { result: replay.result, seconds: (performance.now() - start) / 1000 };
}

/** Of the forms that operations people fill in. The change is that buyers need a rank less, or more. */
function policies(engine = 'compiled', rankFrom = 5): LivePolicies {
	const forms = {
		buyers: {
			effect: 'permit',
			operations: ['supplier.changePaymentTerms'],
			departments: ['Purchasing'],
			states: ['active'],
			rankFrom,
			hours: { zone: 'Asia/Shanghai', from: '08:00', to: '18:00' },
		},
		own: { effect: 'permit', operations: ['price.change'], own: 'own', amountUpTo: '1000' },
		approved: {
			effect: 'permit',
			operations: ['price.change', 'supplier.changePaymentTerms'],
			secondApprover: { rankFrom: 7 },
		},
		network: {
			effect: 'forbid',
			operations: ['price.change'],
			addresses: { ranges: ['10.0.0.0/8'], when: 'outside' },
		},
	};
	const texts = Object.entries(forms).map(([id, form]) => [id, compileForm(PolicyForm.parse(form))]);
	const definition = PolicyDefinition.parse({ policies: Object.fromEntries(texts) as unknown });
	return prepare({ name: SET, version: 1, definition, engine });
}

/** So many decisions at a time wait for the store. */
const AT_ONCE = 5_000;

async function fill(database: Database, live: LivePolicies, decisions: number): Promise<void> {
	const draw = generator(13);
	for (let first = 0; first < decisions; first += AT_ONCE) {
		const entries = Array.from({ length: Math.min(AT_ONCE, decisions - first) }, (_, place) => {
			const asked = questionOf(draw, first + place);
			return logEntry(asked, decide(asked, live, STRICT), live, { ...STRICT, latency: 40 });
		});
		await appendToLog(database, entries);
	}
}

const START = Date.parse('2026-01-05T00:00:00Z');

function questionOf(draw: (limit: number) => number, place: number): AccessQuestion {
	const subject = `E-${draw(3000)}`;
	const approver = `E-${draw(3000)}`;
	const isApproved = draw(3) === 0;
	return AccessQuestion.parse({
		subject: {
			id: subject,
			attributes: {
				department: pick(['Purchasing', 'Sales', 'Finance', 'Purchasing'], draw(4)),
				rank: 1 + draw(9),
				state: draw(20) === 0 ? 'onLeave' : 'active',
			},
			departmentsAbove: ['Operations', 'Group'],
		},
		operation: pick(['supplier.changePaymentTerms', 'price.change'], draw(2)),
		resource: {
			id: `R-${draw(100_000)}`,
			attributes: { owner: draw(4) === 0 ? subject : `E-${draw(3000)}` },
		},
		request: {
			ip: `${pick(['10.1', '10.2', '8.8'], draw(3))}.${draw(250)}.${draw(250)}`,
			amount: `${draw(2000)}.${10 + draw(90)}`,
			...(isApproved ? { secondApprover: approver } : {}),
		},
		others: isApproved
			? [{ id: approver, attributes: { rank: 1 + draw(9), department: 'Finance', state: 'active' } }]
			: [],
		at: START + place * 20_000,
	});
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});

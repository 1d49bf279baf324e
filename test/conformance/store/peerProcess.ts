/*
 * Another process on the same state store. Started as `node --import tsx peerProcess.ts <task> <StoreConfig as JSON>`;
 * it reports on standard output, one line an event.
 */
import { setTimeout as pause } from 'node:timers/promises';

import { appendToLog } from '../../../core/store/decisionLog';
import { openStore, type StoreConfig } from '../../../core/store/open';
import { carryOver } from '../../../core/variance/carryOver';
import { VarianceDefinition } from '../../../core/variance/definition';
import { readOnDemand, type OnDemandRead } from '../../../core/sync/policy/readOnDemand';

const [task = '', config = ''] = process.argv.slice(2);
const tasks: Record<string, (config: StoreConfig) => Promise<void>> = {
	count,
	write,
	open,
	read,
	hang,
	report,
	decide,
};

void tasks[task]?.(JSON.parse(config) as StoreConfig);

/** Raises one row's sequence 200 times, 10 at a time. */
async function count(config: StoreConfig): Promise<void> {
	const database = await openStore(config);
	for (let round = 0; round < 20; round++) {
		await Promise.all(
			Array.from({ length: 10 }, () =>
				database.transaction([
					{
						sql: `INSERT INTO applied (target, entity, key, sequence, fingerprint, applied_at) VALUES ('t', 'e', 'k', 1, '', 0)
							ON CONFLICT (target, entity, key) DO UPDATE SET sequence = applied.sequence + 1`,
					},
				]),
			),
		);
	}
	await database.close();
	console.log('counted');
}

/** Writes transactions of three rows until it is killed, and tells each one that was acknowledged. */
async function write(config: StoreConfig): Promise<void> {
	const database = await openStore(config);
	const writer = async (name: string) => {
		for (let number = 0; ; number++) {
			const subject = `${name}${number}`;
			await database.transaction(
				['first', 'second', 'third'].map((action) => ({
					sql: `INSERT INTO audit (at, actor, action, subject, detail) VALUES (0, 'peer', $1, $2, '')`,
					parameters: [action, subject],
				})),
			);
			process.stdout.write(`${subject}\n`);
		}
	};
	await Promise.all(['a', 'b', 'c', 'd'].map(writer));
}

/** Opens the store and leaves it open; an idle store must not keep the process alive. */
async function open(config: StoreConfig): Promise<void> {
	await openStore(config);
	console.log('open');
}

/** Reads one record on demand, ten times at once; a request takes a while and leaves a row behind. */
async function read(config: StoreConfig): Promise<void> {
	const database = await openStore(config);
	const get = async (_entity: string, [key = '']: string[]) => {
		await database.transaction([
			{
				sql: `INSERT INTO audit (at, actor, action, subject, detail) VALUES (0, 'peer', 'request', $1, '')`,
				parameters: [key],
			},
		]);
		await pause(300);
		return new Map([[key, { code: key }]]);
	};
	const results = await Promise.all(
		Array.from(
			{ length: 10 },
			async () => await readOnDemand({ ...onDemand, database, connector: asErp(get) }),
		),
	);
	const records = results.flatMap(({ answers }) =>
		[...answers.values()].map((one) => JSON.stringify('record' in one ? one.record : one)),
	);
	await database.close();
	for (const record of new Set(records)) console.log(record);
}

/** Asks for one record and never gets an answer. */
async function hang(config: StoreConfig): Promise<void> {
	const database = await openStore(config);
	const get = async () => {
		console.log('asking');
		return await new Promise<Map<string, object>>(() => setInterval(() => undefined, 1_000));
	};
	await readOnDemand({ ...onDemand, database, connector: asErp(get), leaseMs: 1_500 });
}

const onDemand = {
	reader: 'credential',
	entity: 'partner' as const,
	keys: ['A'],
	timeToLiveMs: 60_000,
	allowStale: false,
};

function asErp(get: (entity: string, keys: string[]) => Promise<Map<string, object>>) {
	return { system: 'erp', get } as unknown as OnDemandRead['connector'];
}

/** Keeps a report of 700 findings, whose figures are its own. */
async function report(config: StoreConfig): Promise<void> {
	const database = await openStore(config);
	const definition = VarianceDefinition.parse({
		name: 'Invoices and ledger',
		asOf: '2026-03-02',
		sides: ['invoices', 'ledger'].map((name) => ({ name, columns: { key: ['number'] } })),
	});
	const findings = Array.from({ length: 700 }, (_, index) => ({
		key: [`A${index}`],
		class: 'missing' as const,
		also: [],
		pending: false,
		atStake: String(process.pid),
		sides: {},
		differences: {},
	}));
	const options = { retentionDays: 400, today: '2026-03-02', at: Date.now() };
	await carryOver(database, definition, { deals: async () => new Map() }, findings, options);
	await database.close();
}

/** Appends 40 times five decisions to the log, all at once. */
async function decide(config: StoreConfig): Promise<void> {
	const database = await openStore(config);
	const entry = { at: 1, subject: String(process.pid), operation: 'price.change', outcome: 'deny', body: {} };
	await Promise.all(
		Array.from(
			{ length: 40 },
			async () => await appendToLog(database, Array(5).fill(entry) as (typeof entry)[]),
		),
	);
	await database.close();
}

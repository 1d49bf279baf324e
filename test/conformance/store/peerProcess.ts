/*
 * Another process on the same state store. Started as `node --import tsx peerProcess.ts <task> <StoreConfig as JSON>`;
 * it reports on standard output, one line an event.
 */
import { openStore, type StoreConfig } from '../../../core/store/open';

const [task = '', config = ''] = process.argv.slice(2);
const tasks: Record<string, (config: StoreConfig) => Promise<void>> = { count, write, open };

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

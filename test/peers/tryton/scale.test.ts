import { Client } from 'pg';
import { z } from 'zod/v4';

import { axiosTransport } from '../../../connectors/http/axiosTransport';
import { TrytonErp } from '../../../connectors/tryton/trytonErp';
import type { SalesOrder } from '../../../core/model/salesOrder';
import { startPostgres, type PostgresServer } from '../postgres';
import {
	cancelSales,
	changeSales,
	confirmSales,
	createItems,
	draftSales,
	linesOf,
	sessionOf,
	writeLines,
} from './company';
import { startTrytonOnPostgres, trytonPassword, trytonUser, type TrytonServer } from './server';

jest.setTimeout(600_000);

/** Sales that are there or come while the connector polls. */
const sales = 20_000;
/** How many of them one transaction makes, as an import does. */
const importSize = 2_000;

let postgres: PostgresServer;
let server: Pick<TrytonServer, 'url' | 'remove'>;
const transport = axiosTransport();
const clients: Client[] = [];
/** up to where the first test read */
let read: string | undefined;

beforeAll(async () => {
	postgres = await startPostgres({ durable: false });
	const { user, password, host, port } = postgres;
	const maker = new Client({ host, port, user, password, database: 'postgres' });
	await maker.connect();
	await maker.query('CREATE DATABASE erp');
	await maker.end();
	server = await startTrytonOnPostgres(
		`postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}`,
		'erp',
	);
});

afterAll(async () => {
	for (const client of clients) await client.end();
	await server?.remove();
	await postgres?.stop();
	transport.close();
});

/** A connection of one's own to Tryton's database, as an import or a nightly job of the site has it. */
async function database(): Promise<Client> {
	const { host, port, user, password } = postgres;
	const client = new Client({ host, port, user, password, database: 'erp' });
	await client.connect();
	clients.push(client);
	return client;
}

function connect(overlapSeconds?: number): TrytonErp {
	return new TrytonErp({
		system: 'tryton-erp',
		url: server.url,
		database: 'erp',
		user: trytonUser,
		password: trytonPassword,
		transport,
		...(overlapSeconds === undefined ? {} : { overlapSeconds }),
	});
}

/**
 * Copies of one sale with its lines, all rows stamped with the beginning of the client's transaction, as Tryton stamps them, or
 * as if it had begun so many seconds before.
 */
async function copySale(client: Client, template: number, count: number, secondsAgo = 0): Promise<void> {
	const columnsOf = async (table: string) => {
		const { rows } = await client.query<{ name: string }>(
			`SELECT column_name AS name FROM information_schema.columns WHERE table_name = $1 AND table_schema = 'public'
				AND column_name NOT IN ('id', 'sale', 'create_date', 'write_date')`,
			[table],
		);
		return rows.map(({ name }) => `"${name}"`).join(', ');
	};
	const saleColumns = await columnsOf('sale_sale');
	const lineColumns = await columnsOf('sale_line');
	await client.query(
		`WITH made AS (
			INSERT INTO sale_sale (${saleColumns}, create_date)
			SELECT ${saleColumns}, CURRENT_TIMESTAMP - make_interval(secs => $3::int) FROM sale_sale, generate_series(1, $2::int) WHERE id = $1
			RETURNING id)
		INSERT INTO sale_line (${lineColumns}, sale, create_date)
		SELECT ${lineColumns}, made.id, CURRENT_TIMESTAMP - make_interval(secs => $3::int) FROM sale_line, made WHERE sale = $1`,
		[template, count, secondsAgo],
	);
}

/** What a receiver of the changes knows: the newest state of each sale that was delivered. */
class Receiver {
	readonly known = new Map<string, SalesOrder>();
	delivered = 0;

	constructor(
		private readonly erp: TrytonErp,
		/** where it goes on; the beginning when absent */
		public cursor?: string,
	) {}

	async look(onPage?: () => Promise<void>): Promise<void> {
		for await (const { changes, cursor } of this.erp.changes('salesOrder', this.cursor)) {
			for (const { key, record } of changes) if (record !== undefined) this.known.set(key, record);
			this.delivered += changes.length;
			this.cursor = cursor;
			await onPage?.();
		}
	}

	/** Sales of which this receiver does not know the newest state, as the tables have it. */
	async missed(client: Client): Promise<string[]> {
		const { rows } = await client.query<{ key: string; revision: string; quantities: number[] }>(
			`SELECT sale.id::text AS key, array_agg(line.quantity ORDER BY line.id) AS quantities,
				(extract(epoch FROM greatest(sale.create_date, sale.write_date, max(line.create_date), max(line.write_date)))
					* 1000000)::bigint::text AS revision
			FROM sale_sale AS sale JOIN sale_line AS line ON line.sale = sale.id GROUP BY sale.id`,
		);
		expect(rows.length).toBeGreaterThan(sales);
		const known = ({ key, revision, quantities }: (typeof rows)[number]) => {
			const sale = this.known.get(key);
			const own = sale?.lines.map(({ quantity }) => Number(quantity));
			return sale?.revision === revision && JSON.stringify(own) === JSON.stringify(quantities);
		};
		return rows.filter((row) => !known(row)).map(({ key }) => key);
	}
}

test('20,000 sales on PostgreSQL are polled without a miss while others write', async () => {
	const people = sessionOf(server.url, 'erp');
	await createItems(people, [{ code: 'KETTLE', name: 'Kettle 1.7 l', gtin: '4006381333931' }]);
	const newSale = (quantity: number) => ({ lines: [{ code: 'KETTLE', quantity }] });
	const [template = 0] = await draftSales(people, [newSale(1)]);
	const importer = await database();
	for (let made = 0; made < sales / 2; made += importSize) await copySale(importer, template, importSize);
	await importer.query('ANALYZE');

	const receiver = new Receiver(connect());
	const began = Date.now();
	let polls = 0;
	let imports = 0;
	let written = 0;

	/** People: each turn a few sales more, some of them changed, one cancelled, and lines written directly. */
	const staff = async () => {
		const own = await draftSales(people, [newSale(2), newSale(3), newSale(4)]);
		await confirmSales(people, own);
		const lines = await linesOf(people, own);
		const [first = 0, second = 0, third = 0] = own;
		await changeSales(people, [first], new Map([[lines.get(first)?.[0] ?? 0, 20 + written]]));
		await cancelSales(people, [second]);
		await writeLines(people, new Map([[lines.get(third)?.[0] ?? 0, 30 + written]]));
		written += own.length;
	};
	/** Imports that begin before a look and commit after it; sales that stood long change in them as well. */
	const open: Array<{ client: Client; commitAt: number }> = [];
	const importing = async () => {
		if (imports < sales / 2 / importSize) {
			imports += 1;
			const client = await database();
			await client.query('BEGIN');
			await copySale(client, template, importSize);
			await client.query(
				`UPDATE sale_line SET quantity = $1, write_date = CURRENT_TIMESTAMP WHERE sale = $2`,
				[100 + imports, template + imports],
			);
			open.push({ client, commitAt: polls + 1 });
		}
	};
	const committing = async (until: number) => {
		while (open[0] !== undefined && open[0].commitAt <= until) await open.shift()?.client.query('COMMIT');
	};
	let stopped = false;
	const atWork = (async () => {
		while (!stopped) await staff();
	})();
	do {
		await importing();
		await receiver.look();
		polls += 1;
		await committing(polls);
	} while (open.length > 0 || imports < sales / 2 / importSize);
	stopped = true;
	await atWork;
	await receiver.look();
	const seconds = (Date.now() - began) / 1_000;

	read = receiver.cursor;
	expect(await receiver.missed(importer)).toEqual([]);
	expect(receiver.known.size).toBeGreaterThanOrEqual(sales);
	process.stdout.write(
		`Tryton on PostgreSQL: ${receiver.known.size} sales, ${written} written by people meanwhile, ${receiver.delivered} changes in ${polls + 1} looks, ${seconds.toFixed(0)} s, ${Math.round(receiver.delivered / seconds)} changes/s\n`,
	);
});

test('a transaction that stays open is delivered up to the overlap, and lost beyond it', async () => {
	const client = await database();
	const other = await database();
	const State = z.object({ newest: z.coerce.string() });
	const newest = async () =>
		State.parse((await other.query('SELECT max(id) AS newest FROM sale_sale')).rows[0]).newest;
	const template = Number(await newest());
	const [within, beyond] = [new Receiver(connect(60), read), new Receiver(connect(1), read)];
	await within.look();
	await beyond.look();
	await client.query('BEGIN');
	await copySale(client, template, 1, 10);
	// What commits meanwhile takes the position further than a second past the beginning of the open transaction.
	await copySale(other, template, 1);
	await within.look();
	await beyond.look();
	await client.query('COMMIT');
	await within.look();
	await beyond.look();
	const late = State.parse(
		(await other.query('SELECT min(id) AS newest FROM sale_sale WHERE id > $1', [template])).rows[0],
	).newest;
	expect(within.known.has(late)).toBe(true);
	expect(beyond.known.has(late)).toBe(false);
});

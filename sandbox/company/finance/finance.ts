import { ServiceDatabase, type Row, type Statement } from '../database';
import { ServiceError } from '../http/service';
import { Outbox } from '../outbox/outbox';
import { RecordBook, type RecordKind } from '../records/recordBook';
import { accountKind, type AccountBody } from './accounts';
import { assetKind, type AssetBody } from './assets';
import { Balances, totalsOf, type Balance } from './balances';
import { dimensionKind, type DimensionBody } from './dimensions';
import { entryKind, type EntryBody } from './entries';
import { periodKind, type PeriodBody } from './periods';

/** The name under which this ledger is known in events and in the crosswalk. */
export const financeSystem = 'sandbox-finance';

const schema = `
${RecordBook.schema}
CREATE INDEX IF NOT EXISTS periods_by_day ON records (json_extract(body, '$.from')) WHERE kind = 'ledgerPeriod';
CREATE INDEX IF NOT EXISTS entries_by_period ON records (json_extract(body, '$.period'), status) WHERE kind = 'journalEntry';
CREATE TABLE IF NOT EXISTS entry_numbers (period TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;
${Balances.schema}
${Outbox.schema}`;

export interface TrialBalance {
	period: string;
	balances: Array<Balance & { name: string }>;
	totals: Array<Omit<Balance, 'account'>>;
}

/** The company's books: chart of accounts, periods, dimensions, fixed assets and the general ledger. */
export class Finance {
	private readonly database: ServiceDatabase;
	private readonly statements: Record<'lastFrom' | 'before' | 'drafts' | 'nextNumber' | 'any', Statement>;
	private readonly balances: Balances;
	private readonly listeners: Array<() => void> = [];
	private importing: { at: Date | undefined } | undefined;
	readonly outbox?: Outbox;
	readonly accounts: RecordBook<AccountBody>;
	readonly dimensions: RecordBook<DimensionBody>;
	readonly periods: RecordBook<PeriodBody>;
	readonly assets: RecordBook<AssetBody>;
	readonly entries: RecordBook<EntryBody>;

	constructor(file: string, options: { publish: boolean; topicPrefix: string }) {
		const database = new ServiceDatabase(file, schema);
		this.database = database;
		this.statements = prepare(database);
		this.balances = new Balances(database);
		if (options.publish) this.outbox = new Outbox(database, options.topicPrefix);
		const book = <Body extends object>(kind: RecordKind<Body>): RecordBook<Body> =>
			new RecordBook(
				database,
				financeSystem,
				kind,
				(event) => {
					if (this.importing === undefined) this.outbox?.append(event);
				},
				() => this.tell(),
				() => this.importing?.at?.getTime(),
			);
		this.accounts = book(accountKind);
		this.dimensions = book(dimensionKind);
		this.assets = book(assetKind);
		this.periods = book(
			periodKind({
				lastFrom: (day) => this.lastFrom(day),
				drafts: (period) => this.statements.drafts.all(period).map(({ id }) => String(id)),
			}),
		);
		this.entries = book(
			entryKind({
				account: (code) => this.accounts.get(code)?.body,
				dimension: (key) => this.dimensions.get(key)?.body,
				periodOf: (day) => this.periodOf(day),
				nextNumber: (period) => {
					const number = Number(this.statements.nextNumber.get(period)?.last);
					return `JV-${period}-${String(number).padStart(4, '0')}`;
				},
				post: (entry) => this.balances.add(entry),
			}),
		);
	}

	/** Called after each commit. */
	onCommit(listener: () => void): void {
		this.listeners.push(listener);
	}

	close(): void {
		this.database.close();
	}

	get isEmpty(): boolean {
		return this.statements.any.get() === undefined;
	}

	/** All that `work` writes, or nothing, as of that moment where one is given. An import: it publishes nothing. */
	import(work: () => void, at?: Date): void {
		this.importing = { at };
		try {
			this.database.transaction(work);
		} finally {
			this.importing = undefined;
		}
	}

	trialBalance(period: string): TrialBalance {
		const known = this.periods.get(period);
		if (known === undefined) throw new ServiceError(404, 'no_such_record', `There is no period "${period}".`);
		const before = this.statements.before.all(known.body.from).map(({ id }) => String(id));
		const balances = this.balances.trial(period, before);
		return {
			period,
			balances: balances.map((balance) => ({
				...balance,
				name: this.accounts.get(balance.account)?.body.name ?? balance.account,
			})),
			totals: totalsOf(balances),
		};
	}

	private periodOf(day: string): (PeriodBody & { status: string }) | undefined {
		const period = this.lastFrom(day);
		return period !== undefined && period.to >= day ? period : undefined;
	}

	private lastFrom(day: string): (PeriodBody & { status: string }) | undefined {
		const row = this.statements.lastFrom.get(day);
		return row && periodOfRow(row);
	}

	private tell(): void {
		for (const listener of this.listeners) listener();
	}
}

function periodOfRow({ body, status }: Row): PeriodBody & { status: string } {
	return { ...(JSON.parse(String(body)) as PeriodBody), status: String(status) };
}

function prepare(database: ServiceDatabase): Finance['statements'] {
	return {
		any: database.prepare('SELECT id FROM records LIMIT 1'),
		lastFrom:
			database.prepare(`SELECT body, status FROM records WHERE kind = 'ledgerPeriod' AND json_extract(body, '$.from') <= ?
			ORDER BY json_extract(body, '$.from') DESC LIMIT 1`),
		before: database.prepare(
			`SELECT id FROM records WHERE kind = 'ledgerPeriod' AND json_extract(body, '$.from') < ?`,
		),
		drafts:
			database.prepare(`SELECT id FROM records WHERE kind = 'journalEntry' AND json_extract(body, '$.period') = ?
			AND status = 'draft' ORDER BY id`),
		nextNumber: database.prepare(`INSERT INTO entry_numbers (period, last) VALUES (?, 1)
			ON CONFLICT (period) DO UPDATE SET last = last + 1 RETURNING last`),
	};
}

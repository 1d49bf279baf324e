import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';

import type { LegalEntity } from '../../core/finance/calendar/legalEntity';
import { movingAverage } from '../../core/finance/costing/movingAverage';
import { draftingBy, type Drafted } from '../../core/finance/posting/draftEntry';
import { postingDocument } from '../../core/finance/posting/postingDocument';
import { RuleSet } from '../../core/finance/posting/ruleSet';
import { entryByHand, movingAverageByHand } from './byHand';
import { documents, movements } from './loads';

/** One measurement in a process of its own, so that its memory is its own. Prints one line of JSON. */

export interface SideResult {
	/** of the processor, garbage collection among it: what other programs do meanwhile does not count */
	seconds: number;
	/** of the work, above the input that is there before */
	memoryMb: number;
	/** results that came out as they should */
	good: number;
	/** the same for the same amounts */
	digest: string;
}

const entity: LegalEntity = {
	id: 'PLANT',
	name: 'Plant',
	calendar: 'months',
	timeZone: 'Asia/Shanghai',
	cutOff: '00:00',
};
const cost = 'line.quantity * line.unitCost';
const rules = RuleSet.parse({
	vouchers: [
		{
			name: 'Goods issue',
			document: 'delivery',
			lines: [
				{ account: '6401', side: 'debit', amount: cost, per: 'line' },
				{ account: '1405', side: 'credit', amount: cost, per: 'line' },
			],
			roundingAccount: '660309',
		},
		{
			name: 'Invoice',
			document: 'invoice',
			lines: [
				{ account: '1122', side: 'debit', amount: 'total + taxTotal', per: 'document', withPartner: true },
				{ account: '6001', side: 'credit', amount: 'line.amount', per: 'line' },
				{ account: '222102', side: 'credit', amount: 'taxTotal', per: 'document' },
			],
			roundingAccount: '660309',
		},
	],
	dimensions: [{ dimension: 'costCentre', accounts: ['64*'] }],
});

function draftAll(records: Array<Record<string, unknown>>): Drafted[] {
	const draft = draftingBy(rules);
	return records.map((record) => {
		const type = 'deliveredAt' in record ? 'delivery' : 'invoice';
		const read = postingDocument({ type, system: 'erp', record, entity });
		return 'refused' in read ? read : draft(read.document);
	});
}

type Amounts = Array<{ account: string; debit: string; credit: string }>;

/** Entries compare by what they do to each account, whatever the order of their lines. */
function digestOf(entries: Array<{ key: string; date: string; lines: Amounts }>): string {
	const hash = createHash('sha256');
	for (const { key, date, lines } of entries) {
		const amounts = lines.map(({ account, debit, credit }) => `${account} ${debit} ${credit}`).sort();
		hash.update(`${key} ${date} ${amounts.join(' ')}\n`);
	}
	return hash.digest('hex');
}

function digestOfAmounts(valued: Array<{ key: string; amount: string; value: string }>): string {
	const hash = createHash('sha256');
	for (const { key, amount, value } of [...valued].sort((a, b) => (a.key < b.key ? -1 : 1)))
		hash.update(`${key} ${amount} ${value}\n`);
	return hash.digest('hex');
}

const work: Record<
	string,
	(count: number) => { run(): unknown; judge(result: never): Omit<SideResult, 'seconds' | 'memoryMb'> }
> = {
	'vouchers/ours': (count) => {
		const records = documents(count);
		return {
			run: () => draftAll(records),
			judge: (drafted: Drafted[]) => {
				const entries = drafted.flatMap((one) => ('voucher' in one ? [one.voucher.entry] : []));
				const keyed = entries.map(({ document, date, lines }) => ({ key: document?.key ?? '', date, lines }));
				const different = new Set(drafted.flatMap((one) => ('voucher' in one ? [one.voucher.key] : [])));
				return { good: different.size, digest: digestOf(keyed) };
			},
		};
	},
	'vouchers/byHand': (count) => {
		const records = documents(count);
		return {
			run: () => records.map(entryByHand),
			judge: (entries: Array<ReturnType<typeof entryByHand>>) => ({
				good: entries.length,
				digest: digestOf(entries),
			}),
		};
	},
	'costing/ours': (count) => {
		const list = movements(count);
		return {
			run: () => movingAverage(list, 'CNY'),
			judge: (valued: ReturnType<typeof movingAverage>) => ({
				good: valued.length,
				digest: digestOfAmounts(valued),
			}),
		};
	},
	'costing/byHand': (count) => {
		const list = movements(count);
		return {
			run: () => movingAverageByHand(list),
			judge: (valued: ReturnType<typeof movingAverageByHand>) => ({
				good: valued.length,
				digest: digestOfAmounts(valued),
			}),
		};
	},
};

const { values } = parseArgs({ options: { work: { type: 'string' }, count: { type: 'string' } } });
const prepared = work[values.work ?? '']?.(Number(values.count));
if (prepared === undefined) throw new Error(`There is no work "${values.work ?? ''}".`);
const before = process.resourceUsage().maxRSS;
const from = process.cpuUsage();
const result = prepared.run();
const { user, system } = process.cpuUsage(from);
const seconds = (user + system) / 1_000_000;
const memoryMb = (process.resourceUsage().maxRSS - before) / 1_024;
console.log(JSON.stringify({ seconds, memoryMb, ...prepared.judge(result as never) } satisfies SideResult));

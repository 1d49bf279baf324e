import Big from 'big.js';

import type { Asset } from '../../model/asset';
import type { JournalEntryDraft } from '../../model/journalEntry';
import { minorUnits } from '../../model/money';
import { periodNamed, type FiscalCalendar } from '../calendar/fiscalCalendar';
import type { BookableVoucher } from '../posting/bookVouchers';
import { schedule } from './schedule';

/** Codes of the accounts that an asset's entries go to. Those that are absent are needed in special cases only. */
export interface AssetAccounts {
	/** what the assets cost, and what revaluations have added */
	cost?: string;
	accumulated: string;
	expense: string;
	/** the other side of a revaluation */
	revaluation?: string;
	/** what a disposal brought in, until it is paid */
	proceeds?: string;
	/** gain and loss of disposals */
	disposal?: string;
}

export interface DepreciationRequest {
	asset: Asset;
	/** the system that has the card */
	system: string;
	entity: string;
	calendar: FiscalCalendar;
	/** key of the fiscal period, `2026-P03` */
	period: string;
	accounts: AssetAccounts;
}

/** `nothing` and `refused` say in one sentence why there is no entry. */
export type DueEntry = { voucher: BookableVoucher } | { nothing: string } | { refused: string };

/**
 * The draft entry of one asset for one period: its depreciation, a revaluation that holds from the period's beginning, and its disposal
 * in the period. There is one entry for each asset and period at most, so drafting a period again books nothing twice.
 */
export function draftDepreciation(request: DepreciationRequest): DueEntry {
	const { asset, calendar, period: key, accounts } = request;
	const named = `Asset ${asset.key} (${asset.name})`;
	const period = periodNamed(calendar, key);
	if (period === undefined)
		return { refused: `${named}: the calendar "${calendar.name}" has no period ${key}.` };
	const planned = schedule(asset, calendar);
	if ('refused' in planned) return planned;
	const until = planned.lines.filter((line) => line.period.to <= period.to);
	const line = until.find((one) => one.period.key === key);
	const { disposal } = planned;
	const isDisposed = disposal !== undefined && period.from <= disposal.on && disposal.on <= period.to;

	const places = minorUnits(asset.currency);
	const lines: JournalEntryDraft['lines'] = [];
	const missing = new Set<keyof AssetAccounts>();
	const post = (account: keyof AssetAccounts, debit: Big, description: string) => {
		if (debit.eq('0')) return;
		const code = accounts[account];
		if (code === undefined) {
			missing.add(account);
			return;
		}
		const none = new Big('0').toFixed(places);
		const size = debit.abs().toFixed(places);
		const sides = debit.gt('0') ? { debit: size, credit: none } : { debit: none, credit: size };
		lines.push({ line: String(lines.length + 1), account: code, description, ...sides });
	};
	const negative = (amount: Big) => amount.times('-1');

	const revaluation = new Big(line?.revaluation ?? '0');
	post('cost', revaluation, 'Revaluation');
	post('revaluation', negative(revaluation), 'Revaluation');
	const depreciation = new Big(line?.amount ?? '0');
	post('expense', depreciation, 'Depreciation');
	post('accumulated', negative(depreciation), 'Depreciation');
	if (isDisposed) {
		const accumulated = new Big(until.at(-1)?.accumulated ?? '0');
		const gain = new Big(disposal.gain);
		post('accumulated', accumulated, 'Disposal');
		post('proceeds', gain.plus(disposal.carrying), 'Disposal');
		post('cost', negative(accumulated.plus(disposal.carrying)), 'Disposal');
		post('disposal', negative(gain), 'Disposal');
	}
	if (missing.size > 0)
		return { refused: `${named}, ${key}: an account is missing: ${[...missing].join(', ')}.` };
	if (lines.length === 0) return { nothing: `${named}: nothing is due in ${key}.` };
	return { voucher: voucherOf(request, period.to, lines) };
}

function voucherOf(
	{ asset, system, entity, period }: DepreciationRequest,
	date: string,
	lines: JournalEntryDraft['lines'],
): BookableVoucher {
	return {
		key: [system, 'asset', asset.key, period].map(encodeURIComponent).join('/'),
		entry: {
			entity,
			date,
			currency: asset.currency,
			description: `${asset.name} ${asset.number ?? asset.key}: ${period}`.slice(0, 500),
			document: { type: 'asset', system, key: `${asset.key}/${period}`.slice(0, 200) },
			lines,
		},
	};
}

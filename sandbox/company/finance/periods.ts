import { z } from 'zod/v4';

import { LedgerPeriod } from '../../../core/model/ledger';
import { Key, Text } from '../../../core/model/references';
import { ServiceError } from '../http/service';
import type { RecordKind } from '../records/recordBook';

const Fields = z.object({
	code: Key,
	name: Text.min(1),
	from: z.iso.date(),
	/** last day, which belongs to the period */
	to: z.iso.date(),
});
export type PeriodBody = z.output<typeof Fields>;

/** Closed: nothing is posted, and it may be opened again. Locked: closed for good. */
export function periodKind(ledger: {
	/** the period with the latest first day up to this one */
	lastFrom(day: string): PeriodBody | undefined;
	drafts(period: string): string[];
}): RecordKind<PeriodBody> {
	return {
		name: 'period',
		entity: 'ledgerPeriod',
		fields: Fields,
		first: 'open',
		actions: { close: 'closed', lock: 'locked', reopen: 'open' },
		transitions: { open: ['closed', 'locked'], closed: ['open', 'locked'] },
		open: ['open', 'closed'],
		complete(given, before) {
			const body = { ...before, ...(given as PeriodBody) };
			if (before === undefined) {
				refuseOverlap(body, ledger.lastFrom(body.to));
			} else if (body.from !== before.from || body.to !== before.to || body.code !== before.code) {
				throw new ServiceError(
					422,
					'period',
					`The code and days of period "${before.code}" stay as they are.`,
				);
			}
			return body;
		},
		onStatus(body, status) {
			const drafts = status === 'open' ? [] : ledger.drafts(body.code);
			if (drafts.length > 0) {
				throw new ServiceError(
					422,
					'drafts',
					`The period "${body.code}" (${body.name}) stays open: it has ${drafts.length} draft ${drafts.length === 1 ? 'entry' : 'entries'}, ${drafts.slice(0, 3).join(', ')}${drafts.length > 3 ? ' and more' : ''}; post or move them first.`,
				);
			}
			return body;
		},
		canonical: ({ id, status, version, body: { code: _key, ...body } }) =>
			LedgerPeriod.parse({ ...body, key: id, state: status, revision: String(version) }),
	};
}

function refuseOverlap(body: PeriodBody, last: PeriodBody | undefined): void {
	if (body.to < body.from)
		throw new ServiceError(422, 'period', `to: ${body.to} is before ${body.from}, the period's first day.`);
	if (last !== undefined && last.to >= body.from)
		throw new ServiceError(
			422,
			'overlap',
			`from: the period "${last.code}" has days of "${body.code}" already.`,
		);
}

import type { SalesOrder } from '../../core/model/salesOrder';
import { BridgeError, ConflictError, NotFoundError, ValidationError } from '../../core/ports/errors';
import type { ActRequest, NoInput, Outcome } from '../../core/ports/systemConnector';
import { naming } from './naming';
import type { SalesOrders } from './salesOrders';
import type { TrytonSession } from './session';

export type SaleAction = 'confirm' | 'cancel';

/** What each action leaves behind; a sale that is there already stays as it is. */
const reached: Record<SaleAction, Array<SalesOrder['state']>> = {
	confirm: ['confirmed', 'done'],
	cancel: ['cancelled'],
};

/**
 * Presses the buttons that a person would, one sale after the other, and reads each back: Tryton answers a button that it
 * ignores like one that worked.
 */
export async function actOnSales(
	session: TrytonSession,
	sales: SalesOrders,
	action: SaleAction,
	requests: Array<ActRequest<NoInput>>,
): Promise<Array<Outcome<SalesOrder>>> {
	const outcomes: Array<Outcome<SalesOrder>> = [];
	for (const request of requests) {
		try {
			outcomes.push({ key: request.key, value: await actOnSale(session, sales, action, request) });
		} catch (error) {
			const known = naming('salesOrder', error);
			if (!(known instanceof BridgeError)) throw error;
			outcomes.push({ key: request.key, error: known });
		}
	}
	return outcomes;
}

async function actOnSale(
	session: TrytonSession,
	sales: SalesOrders,
	action: SaleAction,
	{ key, expectedVersion }: ActRequest<NoInput>,
): Promise<SalesOrder> {
	const about = (hint: string) => session.about({ entity: 'salesOrder', key, hint });
	if (expectedVersion !== undefined) {
		throw new ValidationError(
			`${session.system} keeps no revisions of sales, so sale ${key} cannot be expected at "${expectedVersion}".`,
			about('Leave the expected revision empty.'),
		);
	}
	const read = async (): Promise<SalesOrder> => {
		const sale = (await sales.get([key])).get(key);
		if (sale !== undefined) return sale;
		throw new NotFoundError(`${session.system} has no sale ${key}.`, about('Give the key, not the number.'));
	};
	const before = await read();
	if (reached[action].includes(before.state)) return before;
	const refused = (state: string) =>
		new ConflictError(
			`Sale ${before.number ?? key} of ${session.system} is ${state}; it could not be ${action === 'confirm' ? 'confirmed' : 'cancelled'}.`,
			about('Look at the sale in Tryton.'),
		);
	if (action === 'confirm' ? before.state !== 'draft' : before.state === 'done') throw refused(before.state);
	const id = Number(key);
	if (action === 'cancel') await session.press('sale.sale', 'cancel', [id]);
	else {
		await session.press('sale.sale', 'quote', [id]);
		await session.press('sale.sale', 'confirm', [id]);
	}
	const after = await read();
	if (!reached[action].includes(after.state)) throw refused(after.state);
	return after;
}

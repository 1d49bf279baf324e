import { ConflictError, NotFoundError } from '../../core/ports/errors';
import type { ActRequest, Entities, NoInput, Outcome } from '../../core/ports/systemConnector';
import type { OrderEntity } from './orderKinds';
import type { Orders, ReadOrder } from './orders';
import { expectVersion, expressed, titled } from './orderWrites';
import { outcomesOf } from './outcomes';
import type { TrytonSession } from './session';

export type OrderAction = 'confirm' | 'cancel';

/** What each action leaves behind; an order that is there already stays as it is. */
const reached: Record<OrderAction, string[]> = {
	confirm: ['confirmed', 'processing', 'done'],
	cancel: ['cancelled'],
};

/** Buttons that a person would press, by the state in which the order is; absent where Tryton knows no way. */
const buttons: Record<OrderAction, Partial<Record<string, string[]>>> = {
	confirm: { draft: ['quote', 'confirm'], quotation: ['confirm'] },
	cancel: { draft: ['cancel'], quotation: ['cancel'], confirmed: ['draft', 'cancel'] },
};

/** Each order is read back: Tryton answers a button that it ignores like one that worked. */
export async function actOnOrders<E extends OrderEntity>(
	session: TrytonSession,
	orders: Orders<E>,
	action: OrderAction,
	requests: Array<ActRequest<NoInput>>,
): Promise<Array<Outcome<Entities[E]>>> {
	return await outcomesOf(
		orders.kind.entity,
		requests,
		{ request: ({ key }) => key, record: ({ key }) => key },
		async (request) => await actOnOrder(session, orders, action, request),
	);
}

async function actOnOrder<E extends OrderEntity>(
	session: TrytonSession,
	orders: Orders<E>,
	action: OrderAction,
	{ key, expectedVersion }: ActRequest<NoInput>,
): Promise<Entities[E]> {
	const { kind } = orders;
	const about = (hint: string) => session.about({ entity: kind.entity, key, hint });
	const read = async (): Promise<ReadOrder<E>> => {
		const found = await orders.read(key);
		if (found !== undefined) return found;
		throw new NotFoundError(
			`${session.system} has no ${kind.name} ${key}.`,
			about('Give the key, not the number.'),
		);
	};
	const before = await read();
	const order = expressed(before);
	expectVersion(session, kind, order, expectedVersion);
	if (reached[action].includes(before.state)) return order;
	const refused = (state: string) =>
		new ConflictError(
			`${titled(kind.name)} ${order.number ?? key} of ${session.system} is ${state}; it could not be ${action === 'confirm' ? 'confirmed' : 'cancelled'}.`,
			about(`Look at the ${kind.name} in Tryton.`),
		);
	const way = buttons[action][before.state];
	if (way === undefined) throw refused(before.state);
	for (const [index, button] of way.entries()) {
		const guarded = index === 0 && expectedVersion !== undefined;
		await session.press(
			kind.model,
			button,
			[before.id],
			guarded ? { _timestamp: before.timestamps } : undefined,
		);
	}
	const after = await read();
	if (!reached[action].includes(after.state)) throw refused(after.state);
	return expressed(after);
}

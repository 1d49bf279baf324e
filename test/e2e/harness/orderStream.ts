import type { Company } from '../../../sandbox/company/company';
import type { NewOrder, OrderPatch } from '../../../sandbox/company/erp/model';
import { catalogue } from '../../../sandbox/company/catalogue/items';
import type { Chance } from './chance';

const sellable = catalogue.filter(({ onHand }) => onHand > 100);
const pauseMs = 20;

/** People at work in the ERP: new orders, and orders changed up and down, shortened, extended and cancelled. */
export class OrderStream {
	private readonly open: string[] = [];
	private timer: NodeJS.Timeout | undefined;
	private started = 0;
	private due = 0;
	/** orders created and changed so far; each is an event */
	changes = 0;

	constructor(
		private readonly company: Company,
		private readonly chance: Chance,
		/** orders that are being worked on at a time */
		private readonly openOrders = 200,
	) {}

	/** Goes on in the background until `stop`. */
	start(changesPerSecond: number): void {
		this.started = performance.now();
		this.due = 0;
		this.timer = setInterval(() => {
			const wanted = ((performance.now() - this.started) / 1_000) * changesPerSecond;
			for (; this.due < wanted; this.due += 1) this.change();
		}, pauseMs);
	}

	stop(): void {
		clearInterval(this.timer);
	}

	/** Many changes at once, each a commit of its own. */
	burst(changes: number): void {
		for (let made = 0; made < changes; made += 1) this.change();
	}

	private change(): void {
		this.changes += 1;
		const { chance } = this;
		if (this.open.length < this.openOrders || chance.fraction() < 0.1) {
			const { order } = this.company.erp.createOrder(this.newOrder());
			this.open.push(order.id);
			return;
		}
		const index = chance.whole(0, this.open.length - 1);
		const id = this.open[index] ?? '';
		if (chance.fraction() < 0.1) {
			this.open.splice(index, 1);
			this.company.erp.cancelOrder(id);
			return;
		}
		const before = this.company.erp.order(id);
		for (let version = before?.version; version === before?.version; )
			version = this.company.erp.patchOrder(id, this.patch(before?.lines ?? [])).version;
	}

	private newOrder(): NewOrder {
		return {
			status: this.chance.fraction() < 0.9 ? 'confirmed' : 'draft',
			lines: Array.from({ length: this.chance.whole(1, 4) }, () => this.newLine()),
		};
	}

	private newLine(): { item: string; quantity: string; unit: string } {
		const { code, carton } = this.chance.oneOf(sellable);
		const inCartons = carton !== undefined && this.chance.fraction() < 0.3;
		return {
			item: code,
			quantity: String(this.chance.whole(1, inCartons ? 3 : 20)),
			unit: inCartons ? 'XCT' : 'H87',
		};
	}

	private patch(lines: Array<{ id: string; item: string; quantity: string; unit: string }>): OrderPatch {
		const { chance } = this;
		const kept = lines.map(({ id, item, quantity, unit }) => ({ id, item, quantity, unit }));
		const what = chance.fraction();
		if (what < 0.1) return { status: chance.oneOf(['draft', 'confirmed']) };
		if (what < 0.25) return { lines: [...kept, this.newLine()] };
		if (what < 0.4 && kept.length > 1) return { lines: kept.toSpliced(chance.whole(0, kept.length - 1), 1) };
		return { quantities: { [chance.oneOf(lines).id]: String(chance.whole(0, 25)) } };
	}
}

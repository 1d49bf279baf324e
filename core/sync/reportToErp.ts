import type { ItemResolver } from '../crosswalk/itemResolution';
import { describeEvent, type BridgeEvent } from '../events/event';
import { add, normalise } from '../model/decimal';
import type { Item } from '../model/item';
import type { StockLevel } from '../model/reservation';
import type { Shipment } from '../model/shipment';
import { BridgeError, ConflictError, ValidationError } from '../ports/errors';
import type { SystemConnector } from '../ports/systemConnector';
import type { Figure, FigureChange, FigureKind, WarehouseFigures } from '../ports/warehouseFigures';
import { lastApplied, recordApplied } from '../store/applied';
import { conflictsOf, listConflicts, settleConflicts, type Conflict } from '../store/conflicts';
import type { Database } from '../store/database';
import { decide } from './decide';
import { ownership, type FieldGroup } from './ownership';

/** What became of one event. */
export interface Reported {
	/** the event's system, entity and key */
	system: string;
	entity: string;
	key: string;
	/**
	 * `applied`: the ERP has it now; `unchanged`: it had it already; `echo`: our own change that came back; `stale`: a newer state
	 * was reported before; `superseded`: a newer one is in the same batch; `ignored`: nothing to report, such as a shipment
	 * that has not left; `conflict`: the ERP's own value differs, nothing was overwritten, and a person has to choose
	 */
	result: 'applied' | 'unchanged' | 'echo' | 'stale' | 'superseded' | 'ignored' | 'conflict';
	/** the figure in the ERP: its kind and key */
	figure?: { kind: FigureKind; key: string };
	/** by the ERP's item code: what the event says, and what the ERP has */
	quantities?: Record<string, string>;
	erpQuantities?: Record<string, string>;
}

export interface ReportSystems {
	erp: WarehouseFigures & Pick<SystemConnector, 'system' | 'get' | 'list'>;
	wms: Pick<SystemConnector, 'system' | 'get'>;
	database: Database;
	resolver: ItemResolver;
}

/** A figure between our look and our change was read again; this often. */
const conflictRetries = 3;

/** A figure that an event of the warehouse asks the ERP to have. */
interface Wish {
	event: BridgeEvent;
	kind: FigureKind;
	key: string;
	order?: string;
	quantities: Record<string, string>;
	sequence: number;
}

const groups: Record<FigureKind, FieldGroup> = { stock: ownership.onHand, delivered: ownership.delivered };

/**
 * Brings what the warehouse tells (stock on hand, goods that left) to the ERP, and recognises the ERP's events that our own
 * changes caused. One outcome an event, in their order; a failed one never takes the others with it. Safe to repeat.
 */
export async function reportToErp(
	events: BridgeEvent[],
	systems: ReportSystems,
	now: number,
): Promise<Array<Reported | BridgeError>> {
	const results = new Map<BridgeEvent, Reported | BridgeError>();
	const wishes = await wishesOf(events, systems, results);
	for (const kind of ['stock', 'delivered'] as const) {
		const some = newestOf(
			wishes.filter((wish) => wish.kind === kind),
			results,
		);
		if (some.length > 0) await bring(kind, some, systems, now, results);
	}
	const ofErp = events.filter((event) => !results.has(event));
	if (ofErp.length > 0) await compareOwn(ofErp, systems, now, results);
	return events.map((event) => results.get(event) ?? unknown(event, systems));
}

/** The figures that the warehouse's events ask for, in the ERP's item codes. */
async function wishesOf(
	events: BridgeEvent[],
	{ erp, wms, resolver }: ReportSystems,
	results: Map<BridgeEvent, Reported | BridgeError>,
): Promise<Wish[]> {
	const ofWarehouse = events.filter((event) => describeEvent(event).system === wms.system);
	const codes = new Set<string>();
	const told: Array<{
		event: BridgeEvent;
		items: Array<{ item: string; quantity: string }>;
		order?: string;
	}> = [];
	for (const event of ofWarehouse) {
		const { entity, change } = describeEvent(event);
		if (change === 'deleted') results.set(event, reported(event, 'ignored'));
		else if (entity === 'stockLevel') {
			const { item, onHand } = event.data as StockLevel;
			told.push({ event, items: [{ item, quantity: onHand }] });
		} else if (entity === 'shipment') {
			const { state, order, lines } = event.data as Shipment;
			if (state === 'shipped') told.push({ event, items: lines, ...(order === undefined ? {} : { order }) });
			else results.set(event, reported(event, 'ignored'));
		} else results.set(event, unknown(event, { erp, wms }));
	}
	for (const { items } of told) for (const { item } of items) codes.add(item);
	const own = await wms.get('item', [...codes]);
	const references = [...codes].map((code) => {
		const gtin = own.get(code)?.gtin;
		return { code, ...(gtin === undefined ? {} : { gtin }) };
	});
	const resolved = await resolver.resolve(wms.system, references, erp);
	return told.flatMap(({ event, items, order }): Wish[] => {
		const quantities: Record<string, string> = {};
		for (const { item, quantity } of items) {
			const target = resolved.get(item);
			const problem = target instanceof Error ? target : mismatch(own.get(item), target, event);
			if (problem !== undefined) {
				results.set(event, problem);
				return [];
			}
			const { code } = target as Item;
			quantities[code] = normalise(add(quantities[code] ?? '0', quantity));
		}
		const isStock = describeEvent(event).entity === 'stockLevel';
		const [first] = Object.keys(quantities);
		return [
			{
				event,
				kind: isStock ? 'stock' : 'delivered',
				key: isStock ? (first ?? event.subject) : event.subject,
				...(order === undefined ? {} : { order }),
				quantities,
				sequence: describeEvent(event).sequence,
			},
		];
	});
}

/** Figures travel in base units: both systems must count an item alike. */
function mismatch(
	own: Item | undefined,
	target: Item | undefined,
	event: BridgeEvent,
): BridgeError | undefined {
	if (own === undefined || target === undefined) {
		return new ValidationError(
			`${describeEvent(event).entity} "${event.subject}" names an item that no longer exists.`,
			{
				system: describeEvent(event).system,
				key: event.subject,
				hint: 'Create it again, or correct its mapping.',
			},
		);
	}
	if (own.baseUnit === target.baseUnit) return undefined;
	return new ValidationError(
		`Item "${own.code}" is counted in ${own.baseUnit} in the warehouse and item "${target.code}" in ${target.baseUnit} in the ERP.`,
		{
			system: describeEvent(event).system,
			entity: 'item',
			key: own.code,
			hint: 'Give both the same base unit.',
		},
	);
}

function newestOf(wishes: Wish[], results: Map<BridgeEvent, Reported | BridgeError>): Wish[] {
	const newest = new Map<string, Wish>();
	for (const wish of wishes) {
		const known = newest.get(wish.key);
		const older = known !== undefined && known.sequence > wish.sequence ? wish : known;
		if (older !== undefined) results.set(older.event, reported(older.event, 'superseded', older));
		if (older !== wish) newest.set(wish.key, wish);
	}
	return [...newest.values()];
}

async function bring(
	kind: FigureKind,
	wishes: Wish[],
	{ erp, wms, database }: ReportSystems,
	now: number,
	results: Map<BridgeEvent, Reported | BridgeError>,
): Promise<void> {
	const keys = wishes.map(({ key }) => key);
	const [agreed, listed] = await Promise.all([
		lastApplied(database, erp.system, kind, keys),
		conflictsOf(database, erp.system, kind, keys),
	]);
	const settled: Wish[] = [];
	const conflicts: Conflict[] = [];
	let open = wishes.filter((wish) => {
		const known = Math.max(agreed.get(wish.key)?.sequence ?? -1, listed.get(wish.key)?.sequence ?? -1);
		const stale = known > wish.sequence;
		if (stale) results.set(wish.event, reported(wish.event, 'stale', wish));
		return !stale;
	});
	for (let attempt = 0; open.length > 0; attempt += 1) {
		const figures = await erp.figures(
			kind,
			open.map(({ key }) => key),
		);
		const changes: Array<{ wish: Wish; change: FigureChange }> = [];
		for (const wish of open) {
			const { event, key, order, quantities } = wish;
			const figure = figures.get(key);
			const sides = {
				group: groups[kind],
				changedSide: 'wms' as const,
				changed: textOf(quantities),
				other: figure && textOf(figure.quantities),
				agreed: agreed.get(key)?.fingerprint,
			};
			const decision = decide(sides);
			if (decision === 'equal') {
				results.set(event, reported(event, 'unchanged', wish, figure));
				settled.push(wish);
			} else if (decision === 'apply') {
				const change = {
					key,
					...(order === undefined ? {} : { order }),
					quantities,
					origin: wms.system,
					expectedVersion: figure?.version ?? null,
				};
				changes.push({ wish, change });
			} else {
				results.set(event, reported(event, 'conflict', wish, figure));
				conflicts.push(conflictOf(erp.system, wish, figure, sides.agreed, now));
			}
		}
		const outcomes =
			changes.length === 0
				? []
				: await erp.putFigures(
						kind,
						changes.map(({ change }) => change),
					);
		open = [];
		outcomes.forEach((outcome, index) => {
			const wish = changes[index]?.wish;
			if (wish === undefined) return;
			if ('value' in outcome) {
				results.set(wish.event, reported(wish.event, 'applied', wish, outcome.value));
				settled.push(wish);
			} else if (outcome.error instanceof ConflictError && attempt < conflictRetries) open.push(wish);
			else results.set(wish.event, outcome.error);
		});
	}
	await agree(database, erp.system, kind, settled, now);
	if (conflicts.length > 0) await listConflicts(database, conflicts);
}

/** Both sides now have the same: that is what the next change is compared with. */
async function agree(
	database: Database,
	target: string,
	kind: FigureKind,
	wishes: Array<Pick<Wish, 'key' | 'quantities' | 'sequence'>>,
	now: number,
): Promise<void> {
	if (wishes.length === 0) return;
	await recordApplied(
		database,
		target,
		kind,
		wishes.map(({ key, quantities, sequence }) => ({ key, sequence, fingerprint: textOf(quantities) })),
		now,
	);
	await settleConflicts(
		database,
		target,
		kind,
		wishes.map(({ key }) => key),
	);
}

/** Events of the ERP about what the warehouse owns: our own change that came back, or a person's, which is a conflict. */
async function compareOwn(
	events: BridgeEvent[],
	systems: ReportSystems,
	now: number,
	results: Map<BridgeEvent, Reported | BridgeError>,
): Promise<void> {
	const { erp, wms, database } = systems;
	const own = events.filter((event) => {
		const { system, entity, change } = describeEvent(event);
		return system === erp.system && entity === 'stockLevel' && change !== 'deleted';
	});
	const keys = own.map((event) => (event.data as StockLevel).item);
	const [agreed, figures, conflictsKnown] = await Promise.all([
		lastApplied(database, erp.system, 'stock', keys),
		erp.figures('stock', keys),
		conflictsOf(database, erp.system, 'stock', keys),
	]);
	const conflicts: Conflict[] = [];
	const returned: Wish[] = [];
	for (const event of own) {
		const { item, onHand } = event.data as StockLevel;
		const base = agreed.get(item);
		const figure = figures.get(item);
		const quantities = { [item]: normalise(onHand) };
		const change = { key: item, quantities };
		const changed = textOf(quantities);
		// The event may be older than what the ERP has now; only its present value can be a conflict.
		const isOutdated = figure !== undefined && textOf(figure.quantities) !== changed;
		const listed = conflictsKnown.get(item);
		const isSettled = changed === base?.fingerprint || changed === listed?.ownerValue;
		if (!isOutdated && listed !== undefined && isSettled) {
			// A person took their own value back, or gave in: what the warehouse told meanwhile rules.
			const record = JSON.parse(listed.record) as Pick<Wish, 'quantities'>;
			returned.push({ event, kind: 'stock', key: item, ...record, sequence: listed.sequence });
			continue;
		}
		if (base === undefined && listed === undefined && event.origin !== wms.system) {
			results.set(event, reported(event, 'ignored', { kind: 'stock', ...change }, figure));
			continue;
		}
		if (event.origin === wms.system || changed === base?.fingerprint || isOutdated) {
			results.set(
				event,
				reported(event, isOutdated ? 'stale' : 'echo', { kind: 'stock', ...change }, figure),
			);
			continue;
		}
		// The ERP does not own the figure, and has another than agreed. What the warehouse told last is what would settle it.
		results.set(event, reported(event, 'conflict', { kind: 'stock', ...change }, figure));
		const held =
			listed === undefined
				? {
						quantities: JSON.parse(base?.fingerprint ?? '{}') as Wish['quantities'],
						sequence: base?.sequence ?? 0,
					}
				: { ...(JSON.parse(listed.record) as Pick<Wish, 'quantities'>), sequence: listed.sequence };
		const wish = { kind: 'stock' as const, key: item, ...held };
		conflicts.push(
			conflictOf(erp.system, wish, figure ?? { ...change, version: '' }, base?.fingerprint, now),
		);
	}
	if (returned.length > 0) await bring('stock', newestOf(returned, results), systems, now, results);
	if (conflicts.length > 0) await listConflicts(database, conflicts);
}

function conflictOf(
	target: string,
	wish: Pick<Wish, 'kind' | 'key' | 'order' | 'quantities' | 'sequence'>,
	figure: Figure | undefined,
	agreed: string | undefined,
	now: number,
): Conflict {
	const { kind, key, order, quantities, sequence } = wish;
	return {
		target,
		entity: kind,
		key,
		fieldGroup: groups[kind].name,
		owner: groups[kind].owner,
		record: JSON.stringify({ ...(order === undefined ? {} : { order }), quantities }),
		...(agreed === undefined ? {} : { agreed }),
		ownerValue: textOf(quantities),
		...(figure === undefined ? {} : { otherValue: textOf(figure.quantities) }),
		sequence,
		foundAt: now,
	};
}

/** Equal quantities are equal texts, whatever the order of items. */
export function textOf(quantities: Record<string, string>): string {
	const entries = Object.entries(quantities).map(([item, quantity]) => [item, normalise(quantity)] as const);
	return JSON.stringify(Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))));
}

function reported(
	event: BridgeEvent,
	result: Reported['result'],
	wish?: Pick<Wish, 'kind' | 'key' | 'quantities'>,
	figure?: Figure,
): Reported {
	const { system, entity } = describeEvent(event);
	return {
		system,
		entity,
		key: event.subject,
		result,
		...(wish === undefined
			? {}
			: { figure: { kind: wish.kind, key: wish.key }, quantities: wish.quantities }),
		...(figure === undefined ? {} : { erpQuantities: figure.quantities }),
	};
}

function unknown(event: BridgeEvent, { erp, wms }: Pick<ReportSystems, 'erp' | 'wms'>): BridgeError {
	const { system, entity } = describeEvent(event);
	return new ValidationError(
		`The event of ${entity} "${event.subject}" comes from ${system}; only shipments and stock levels of ${wms.system}, and stock levels of ${erp.system}, can be reported.`,
		{ system, entity, key: event.subject, hint: 'Subscribe to those only, or choose the right systems.' },
	);
}

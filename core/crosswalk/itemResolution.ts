import type { Item } from '../model/item';
import type { ItemReference } from '../model/references';
import { ValidationError, type BridgeError } from '../ports/errors';
import type { SystemConnector } from '../ports/systemConnector';
import type { Database } from '../store/database';
import { linkAll, linksOf } from './crosswalk';

/** What is asked of the system whose items are looked for. */
export type ItemCatalogue = Pick<SystemConnector, 'system' | 'get' | 'list'>;

export type ItemResolution = Item | BridgeError;

const cacheMs = 60_000;
const cacheEntries = 50_000;

interface CachedItem {
	item: Item;
	until: number;
}

/**
 * Finds which item of another system a reference means: by a link in the crosswalk, or else by its GTIN, which then becomes a
 * link. Nothing is guessed: a GTIN that several items carry, or none, is refused. What was found is remembered for a minute.
 */
export class ItemResolver {
	private readonly cache = new Map<string, CachedItem>();

	constructor(
		private readonly database: Database,
		private readonly now: () => number = Date.now,
	) {}

	/** The catalogue's item for each reference's code, or the error that says why there is none. */
	async resolve(
		source: string,
		references: ItemReference[],
		catalogue: ItemCatalogue,
	): Promise<Map<string, ItemResolution>> {
		const wanted = new Map(references.map((reference) => [reference.code, reference]));
		const resolved = new Map<string, ItemResolution>();
		for (const code of wanted.keys()) {
			const known = this.cache.get(cacheKey(source, code, catalogue.system));
			if (known !== undefined && known.until > this.now()) resolved.set(code, known.item);
		}
		const unknown = [...wanted.values()].filter(({ code }) => !resolved.has(code));
		if (unknown.length === 0) return resolved;

		const links = await linksOf(
			this.database,
			'item',
			source,
			unknown.map(({ code }) => code),
			catalogue.system,
		);
		const linked = await catalogue.get('item', [...new Set(links.values())]);
		for (const [code, target] of links) {
			resolved.set(code, linked.get(target) ?? this.gone(source, code, target, catalogue.system));
		}
		const unlinked = unknown.filter(({ code }) => !links.has(code));
		if (unlinked.length > 0) {
			for (const [code, resolution] of await this.linkByGtin(source, unlinked, catalogue))
				resolved.set(code, resolution);
		}
		for (const { code } of unknown) this.remember(source, code, catalogue.system, resolved.get(code));
		return resolved;
	}

	private async linkByGtin(
		source: string,
		references: ItemReference[],
		catalogue: ItemCatalogue,
	): Promise<Map<string, ItemResolution>> {
		const gtins = references.flatMap(({ gtin }) => (gtin === undefined ? [] : writings(gtin)));
		const found = new Map<string, Item[]>();
		if (gtins.length > 0) {
			for await (const page of catalogue.list('item', { gtins: [...new Set(gtins)] })) {
				for (const item of page) {
					if (item.gtin === undefined) continue;
					found.set(comparable(item.gtin), [...(found.get(comparable(item.gtin)) ?? []), item]);
				}
			}
		}
		const resolutions = new Map(
			references.map((reference) => [reference.code, pick(source, reference, found, catalogue.system)]),
		);
		const picked = [...resolutions].filter((entry): entry is [string, Item] => !(entry[1] instanceof Error));
		const outcomes = await linkAll(
			this.database,
			picked.map(([code, item]) => ({
				kind: 'item',
				from: { system: source, code },
				to: { system: catalogue.system, code: item.code },
				origin: 'gtin',
			})),
			this.now(),
		);
		outcomes.forEach((outcome, index) => {
			const code = picked[index]?.[0];
			if (code !== undefined && 'error' in outcome) resolutions.set(code, outcome.error);
		});
		return resolutions;
	}

	private gone(source: string, code: string, target: string, system: string): BridgeError {
		const hint = 'Create it there again.';
		return new ValidationError(
			`Item "${code}" of ${source} is linked to "${target}", which ${system} no longer has. ${hint}`,
			{
				system,
				entity: 'item',
				key: target,
				hint,
			},
		);
	}

	private remember(
		source: string,
		code: string,
		target: string,
		resolution: ItemResolution | undefined,
	): void {
		if (resolution === undefined || resolution instanceof Error) return;
		if (this.cache.size >= cacheEntries) this.cache.clear();
		this.cache.set(cacheKey(source, code, target), { item: resolution, until: this.now() + cacheMs });
	}
}

function cacheKey(source: string, code: string, target: string): string {
	return JSON.stringify([source, code, target]);
}

/** GTIN-8, -12 and -13 are GTIN-14 with leading zeros left out (GS1 General Specifications, 3.3). */
function comparable(gtin: string): string {
	return gtin.padStart(14, '0');
}

/** All lengths in which a system may keep the same number. */
function writings(gtin: string): string[] {
	const full = comparable(gtin);
	return [14, 13, 12, 8].flatMap((length) =>
		full.slice(0, 14 - length).replaceAll('0', '') === '' ? [full.slice(14 - length)] : [],
	);
}

/** The one item that carries the reference's GTIN, or why there is none. */
function pick(
	source: string,
	{ code, gtin }: ItemReference,
	found: Map<string, Item[]>,
	target: string,
): ItemResolution {
	const refuse = (why: string, hint: string) =>
		new ValidationError(`Item "${code}" of ${source} ${why}. ${hint}`, {
			system: target,
			entity: 'item',
			key: code,
			hint,
		});
	if (gtin === undefined) {
		return refuse(
			`is not linked to an item of ${target} and has no GTIN`,
			'Give it its GTIN in both systems.',
		);
	}
	const [item, ...others] = found.get(comparable(gtin)) ?? [];
	if (item === undefined) {
		return refuse(`with GTIN ${gtin} is unknown to ${target}`, 'Create the item there, or correct its GTIN.');
	}
	if (others.length > 0) {
		const candidates = [item, ...others].map((candidate) => candidate.code).join(', ');
		return refuse(
			`is ambiguous: GTIN ${gtin} belongs to ${candidates} of ${target}`,
			'Give each item a GTIN of its own.',
		);
	}
	return item;
}

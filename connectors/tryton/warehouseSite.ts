import { z } from 'zod/v4';

import { ValidationError } from '../../core/ports/errors';
import type { TrytonWarehouseOptions } from './options';
import type { TrytonSession } from './session';
import { Flag } from './values';

/** Where shipments leave from, and to whom they are made out. */
export interface WarehouseSite {
	company: number;
	warehouse: number;
	/** where goods are kept and reserved */
	storage: number;
	/** where picked goods wait for shipping */
	output: number;
	/** where goods arrive */
	input: number;
}

/** Where announced goods come from and arrive. */
export interface ReceivingSite extends WarehouseSite {
	supplier: number;
	/** the supplier's own location */
	origin: number;
}

export interface ShipmentCustomer {
	party: number;
	address: number;
	location: number;
}

const WarehouseRow = z.object({
	id: z.number().int(),
	code: z.string().nullable(),
	name: z.string(),
	storage_location: z.number().int(),
	picking_location: z.number().int().nullable(),
	output_location: z.number().int(),
	input_location: z.number().int(),
});

const PartyRow = z.object({ id: z.number().int(), customer_location: z.number().int().nullable() });
const AddressRow = z.object({ id: z.number().int(), delivery: Flag.nullable() });

const SupplierRow = z.object({ id: z.number().int(), supplier_location: z.number().int().nullable() });

/** The party that announced goods come from when the options name none. */
const defaultSupplier = 'Purchase orders';

/** The party that shipments are made out to when the options name none. */
const defaultCustomer = 'Sales orders';

/** The warehouse that the options name, or the only one. */
export async function readSite(
	session: TrytonSession,
	options: TrytonWarehouseOptions,
): Promise<WarehouseSite> {
	const company = await session.company();
	const warehouses = await session.search('stock.location', WarehouseRow, [['type', '=', 'warehouse']], {
		order: [['id', 'ASC']],
	});
	const wanted = options.warehouse?.trim();
	const candidates = wanted
		? warehouses.filter(({ code, name }) => code === wanted || name === wanted)
		: warehouses;
	const [warehouse, ...others] = candidates;
	if (warehouse === undefined || others.length > 0) {
		const known = warehouses.map(({ code, name }) => code ?? name).join(', ');
		throw new ValidationError(
			`${session.system} has ${candidates.length} warehouses${wanted ? ` called "${wanted}"` : ''}, and one is needed.`,
			session.about({ hint: `Name one of these in the connection: ${known || '(none exists yet)'}.` }),
		);
	}
	const storage = warehouse.picking_location ?? warehouse.storage_location;
	if (storage === warehouse.output_location) {
		throw new ValidationError(
			`Warehouse "${warehouse.name}" of ${session.system} ships from where it stores, so Tryton reserves nothing there.`,
			session.about({ hint: 'Give the warehouse an output location of its own.' }),
		);
	}
	return {
		company,
		warehouse: warehouse.id,
		storage,
		output: warehouse.output_location,
		input: warehouse.input_location,
	};
}

/** The party of this code or name, with an address; made where it is missing. */
export async function findCustomer(
	session: TrytonSession,
	options: TrytonWarehouseOptions,
): Promise<ShipmentCustomer> {
	const wanted = options.customer?.trim() || defaultCustomer;
	const search = (field: string) =>
		session.search('party.party', PartyRow, [[field, '=', wanted]], { order: [['id', 'ASC']], limit: 1 });
	let [party] = await search('code');
	if (party === undefined) [party] = await search('name');
	if (party === undefined) {
		await session.create('party.party', [{ name: wanted, addresses: [['create', [{}]]] }]);
		[party] = await search('name');
	}
	if (party === undefined || party.customer_location === null) {
		throw new ValidationError(
			`Party "${wanted}" of ${session.system} cannot be shipped to: it has no customer location.`,
			session.about({
				hint: 'Set the customer location of the party, or name another one in the connection.',
			}),
		);
	}
	const addresses = await session.search('party.address', AddressRow, [['party', '=', party.id]]);
	const address = addresses.find(({ delivery }) => delivery) ?? addresses[0];
	const id = address?.id ?? (await session.create('party.address', [{ party: party.id }]))[0];
	if (id === undefined) throw new Error('Tryton made no address and gave no reason');
	return { party: party.id, address: id, location: party.customer_location };
}

/** The party that announced goods come from, by code or name; made where it is missing. */
export async function findSupplier(
	session: TrytonSession,
	site: WarehouseSite,
	options: TrytonWarehouseOptions,
): Promise<ReceivingSite> {
	const wanted = options.supplier?.trim() || defaultSupplier;
	const search = (field: string) =>
		session.search('party.party', SupplierRow, [[field, '=', wanted]], { order: [['id', 'ASC']], limit: 1 });
	let [party] = await search('code');
	if (party === undefined) [party] = await search('name');
	if (party === undefined) {
		await session.create('party.party', [{ name: wanted }]);
		[party] = await search('name');
	}
	if (party === undefined || party.supplier_location === null) {
		throw new ValidationError(
			`Goods cannot be received from party "${wanted}" of ${session.system}: it has no supplier location.`,
			session.about({
				hint: 'Set the supplier location of the party, or name another one in the connection.',
			}),
		);
	}
	return { ...site, supplier: party.id, origin: party.supplier_location };
}

import { Asset } from './asset';
import { Delivery } from './delivery';
import { Employee } from './employee';
import { Invoice } from './invoice';
import { Item } from './item';
import { JournalEntry } from './journalEntry';
import { Account, DimensionValue, LedgerPeriod } from './ledger';
import { Movement } from './movement';
import { Department, Position } from './organisation';
import { Partner } from './partner';
import { PurchaseOrder } from './purchaseOrder';
import { Receipt } from './receipt';
import { Reservation, StockLevel } from './reservation';
import { SalesOrder } from './salesOrder';
import { Shipment } from './shipment';

/** The canonical entities by name, and the schema of each. */
export const canonicalEntities = {
	salesOrder: SalesOrder,
	purchaseOrder: PurchaseOrder,
	item: Item,
	partner: Partner,
	delivery: Delivery,
	invoice: Invoice,
	reservation: Reservation,
	stockLevel: StockLevel,
	shipment: Shipment,
	receipt: Receipt,
	movement: Movement,
	account: Account,
	dimensionValue: DimensionValue,
	journalEntry: JournalEntry,
	ledgerPeriod: LedgerPeriod,
	asset: Asset,
	employee: Employee,
	position: Position,
	department: Department,
};

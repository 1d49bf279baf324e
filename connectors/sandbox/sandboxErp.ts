import { SandboxEntityService } from './entityService';
import { deliveries } from './erp/deliveries';
import { invoices } from './erp/invoices';
import { items } from './erp/items';
import { partners } from './erp/partners';
import { purchaseOrders } from './erp/purchaseOrders';
import { salesOrders } from './erp/salesOrders';
import { SandboxSystem } from './sandboxSystem';
import type { SandboxOptions } from './service';

/**
 * The sandbox's ERP: sales orders, purchase orders, items, partners, deliveries and invoices. It pushes changes over
 * MQTT by itself.
 */
export class SandboxErp extends SandboxSystem {
	constructor(options: SandboxOptions) {
		super(
			'sandbox-erp',
			options,
			(service) => ({
				salesOrder: new SandboxEntityService(service, salesOrders),
				purchaseOrder: new SandboxEntityService(service, purchaseOrders),
				item: new SandboxEntityService(service, items),
				partner: new SandboxEntityService(service, partners),
				delivery: new SandboxEntityService(service, deliveries),
				invoice: new SandboxEntityService(service, invoices),
			}),
			'It serves sales orders, purchase orders, items, partners, deliveries and invoices.',
		);
	}
}

import Big from 'big.js';

import { roundMoney } from '../../../core/model/money';
import { gtinOf } from './gtin';

/** What the seed knows of an item, for both systems. */
export interface CatalogueItem {
	code: string;
	sku: string;
	gtin: string;
	names: { en: string; 'zh-CN': string };
	price: string;
	/** what a piece costs the company */
	cost: string;
	/** pieces in a carton, for items that are sold in cartons too */
	carton?: number;
	/** which system's item master knows how many pieces a carton holds; both where absent */
	cartonKnownTo?: 'erp' | 'wms';
	onHand: number;
}

type Line = [
	code: string,
	en: string,
	zh: string,
	price: string,
	onHand: number,
	carton?: number,
	knownTo?: 'erp' | 'wms',
];

// The codes are those of the Superstore data set; the names say what kind of thing stands behind each.
const lines: Line[] = [
	['FUR-BO-10001337', 'Two-shelf bookcase', '两层书柜', '120.98', 60],
	['FUR-BO-10004709', 'Bookcase, cherry finish', '樱桃木书柜', '57.98', 45],
	['FUR-BO-10004015', 'Bookcase, maple and grey', '枫木灰色书柜', '119.99', 30],
	['FUR-CH-10002647', 'Contoured folding chair', '人体工学折叠椅', '70.98', 160, 6],
	['FUR-CH-10003774', 'Task chair, khaki', '卡其色办公椅', '90.98', 80],
	['FUR-CH-10002880', 'High-back leather chair', '高背皮椅', '122.99', 40],
	['FUR-TA-10001095', 'Round conference table', '圆形会议桌', '174.29', 20],
	['FUR-TA-10001039', 'Height-adjustable table', '升降桌', '85.98', 25],
	['FUR-FU-10004973', 'Poster frame', '海报框', '18.84', 300, 10],
	['FUR-FU-10002364', 'Desk organiser, oak', '橡木桌面收纳盒', '7.38', 240, 12],
	['FUR-FU-10001706', 'LED bulb, soft white', '暖白 LED 灯泡', '3.08', 1200, 24],
	['OFF-ST-10001490', 'Seven-pocket file stand', '七格文件架', '178.47', 35],
	['OFF-ST-10003716', 'Double-tier locker', '双层储物柜', '225.02', 18],
	['OFF-ST-10003208', 'Filing cart', '文件推车', '181.46', 22],
	['OFF-AR-10004757', 'Coloured pencils, set of 12', '彩色铅笔 12 支装', '3.28', 600, 24],
	['OFF-AR-10004078', 'Gel pen, black', '黑色中性笔', '5.84', 2400, 12],
	['OFF-AR-10000380', 'Electric pencil sharpener', '电动削笔器', '37.98', 90, 6],
	['OFF-BI-10001524', 'Transparent covers', '透明封面', '20.98', 150, 10],
	['OFF-BI-10004970', 'Three-ring binder, blue', '蓝色三孔文件夹', '4.13', 960, 12],
	['OFF-BI-10004140', 'Non-stick binder', '防粘文件夹', '4.49', 720, 12, 'erp'],
	['OFF-AP-10002311', 'Air cleaner filter', '空气净化器滤芯', '68.81', 120, 6],
	['OFF-AP-10001205', 'Five-outlet power strip', '五位插座', '54.48', 200, 10],
	['OFF-AP-10004708', 'Ten-outlet power strip', '十位插座', '38.06', 140, 10, 'wms'],
	['OFF-AP-10003971', 'Six-outlet power strip', '六位插座', '10.89', 260, 10, 'erp'],
	['OFF-PA-10000474', 'Copy paper A4, ream', 'A4 复印纸（令）', '35.44', 1500, 10],
	['OFF-PA-10003441', 'Copy paper A3, ream', 'A3 复印纸（令）', '6.48', 800, 10, 'wms'],
	['OFF-PA-10002986', 'Coloured paper, ream', '彩色复印纸（令）', '6.68', 500, 10],
	['OFF-LA-10001613', 'File folder labels', '文件夹标签', '2.88', 900, 24],
	['OFF-LA-10001569', 'Address labels', '地址标签', '4.98', 640, 24],
	['OFF-EN-10001509', 'String-tie envelope', '绕绳信封', '2.04', 1800, 24],
	['OFF-EN-10004459', 'Security envelope', '防透信封', '7.64', 1100, 24],
	['OFF-FA-10002280', 'Paper clips, box', '回形针（盒）', '5.00', 2000, 24],
	['OFF-FA-10003059', 'Push pins, box', '图钉（盒）', '1.81', 1700, 24, 'wms'],
	['OFF-SU-10001574', 'Scissors', '剪刀', '3.65', 420, 12],
	['OFF-SU-10003505', 'Electric letter opener', '电动拆信器', '115.86', 26],
	['TEC-PH-10003505', 'Amplified desk phone', '扩音座机', '92.80', 55],
	['TEC-PH-10002923', 'USB headset', 'USB 耳机', '36.99', 180, 12],
	['TEC-AC-10003628', 'Wireless mouse', '无线鼠标', '29.99', 320, 12],
	['TEC-AC-10003038', 'USB drive 16 GB', '16 GB U 盘', '8.95', 750, 24],
	['TEC-AC-10004510', 'Keyboard and mouse set', '键鼠套装', '16.36', 210, 6],
	['TEC-MA-10001972', 'Colour laser printer', '彩色激光打印机', '349.00', 15],
	['TEC-CO-10001449', 'Office copier', '办公复印机', '599.99', 8],
];

/** Between 55 and 70 of a hundred of the price, so that margins differ. */
function costOf(price: string, index: number): string {
	return roundMoney(new Big(price).times(`0.${55 + ((index * 7) % 16)}`).toFixed(), 'CNY');
}

export const catalogue: CatalogueItem[] = lines.map(
	([code, en, zh, price, onHand, carton, cartonKnownTo], index) => ({
		code,
		// The warehouse numbers its items in its own way: shelf zone and a running number.
		sku: `W${(index % 7) + 1}-${String(4100 + index * 37)}`,
		gtin: gtinOf(index + 1),
		names: { en, 'zh-CN': zh },
		price,
		cost: costOf(price, index),
		onHand,
		...(carton === undefined ? {} : { carton }),
		...(cartonKnownTo === undefined ? {} : { cartonKnownTo }),
	}),
);

export const customers = [
	{ code: 'C-1001', name: 'Claire Gute' },
	{ code: 'C-1002', name: '海尔森家居有限公司' },
	{ code: 'C-1003', name: 'Darrin Van Huff' },
	{ code: 'C-1004', name: '华东办公用品中心' },
	{ code: 'C-1005', name: "Sean O'Donnell" },
	{ code: 'C-1006', name: '蓝桥科技（苏州）' },
];

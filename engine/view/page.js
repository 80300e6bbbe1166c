/* Tables are sorted by the heading that is clicked. */
document.querySelectorAll('table.sort').forEach(function (table) {
	table.querySelectorAll('thead th').forEach(function (head, column) {
		function key(row) {
			var cell = row.cells[column];
			return cell.dataset.v !== undefined ? +cell.dataset.v : cell.textContent;
		}
		function sort() {
			var up = head.getAttribute('aria-sort') !== 'ascending';
			var body = table.tBodies[0];
			table.querySelectorAll('th[aria-sort]').forEach(function (other) {
				other.removeAttribute('aria-sort');
			});
			head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
			Array.from(body.rows).sort(function (a, b) {
				var x = key(a), y = key(b);
				return (x < y ? -1 : x > y ? 1 : 0) * (up ? 1 : -1);
			}).forEach(function (row) {
				body.appendChild(row);
			});
		}
		head.dataset.sort = '';
		head.tabIndex = 0;
		head.addEventListener('click', sort);
		head.addEventListener('keydown', function (event) {
			if (event.key === 'Enter') {
				sort();
			}
		});
	});
});

"""The heaviest matching in one population, with prices of people and of odd sets that prove it.

One exposed person after the other grows an alternating tree (Edmonds 1965) until the tree meets somebody else who is
exposed, or somebody in it has price zero and may stay alone. Odd cycles of the tree are shrunk to blossoms, each with
a price of its own. All numbers are whole: prices are kept doubled, and inside one tree they have the same parity.
"""

from collections.abc import Callable, Iterator, Sequence
from heapq import heappop, heappush

Edge = tuple[int, int]
NOBODY = -1
FREE, OUTER, INNER = 0, 1, 2
TIGHT, EMPTY, ALONE = 0, 1, 2
"""Kinds of events, in the order in which they are looked at when they fall together."""


class WeightedMatching:
    """A matching that grows, with doubled prices: those of two people and of the sets around both cover their weight.

    Attributes:
        mate: the partner of each person, NOBODY for none.
        price: twice the price of each person, none negative.
    """

    def __init__(self, neighbours: Sequence[Sequence[Edge]], price: list[int], mate: list[int]) -> None:
        """Start from prices that cover every pair and a matching of pairs that they cover exactly.

        Args:
            neighbours: for each person (other, twice the weight of the pair).
            price: twice the price of each person; whoever is alone and has a price above zero is looked at.
            mate: the partner of each person, NOBODY for none.
        """
        people = len(neighbours)
        self.people, self.neighbours, self.price, self.mate = people, neighbours, price, mate
        # Nodes are the people, then the blossoms. `node_of[cell[person]]` is the outermost node around a person: a
        # blossom takes the cell of its largest child, so that few people change cell.
        self.cell = list(range(people))
        self.node_of = list(range(people))
        self.cell_of = list(range(people))
        self.size = [1] * people
        self.shift = [0] * people
        self.base = list(range(people))
        self.parent = [NOBODY] * people
        self.dual = [0] * people
        self.children: list[list[int]] = [[] for _ in range(people)]
        self.ring: list[list[Edge]] = [[] for _ in range(people)]
        self.unused: list[int] = []
        # What the present tree knows; outermost nodes only.
        self.label = [FREE] * people
        self.entry: list[Edge | None] = [None] * people
        self.since = [0] * people
        self.began = [0] * people
        self.labelled: list[int] = []
        self.events: list[tuple[int, int, int, int, int]] = []
        self.now = self.latest = 0

    def grow(self, keep_going: Callable[[], bool] | None = None) -> bool:
        """Make the matching as heavy as it can be; False if that was stopped, with prices that are still valid."""
        is_finished = True
        for root in range(self.people):
            if self.mate[root] == NOBODY and self._price_now(root) > 0:
                if keep_going is not None and not keep_going():
                    is_finished = False
                    break
                self._search(root)
        for person in range(self.people):
            self.price[person] = self._price_now(person)
        self.shift = [0] * len(self.shift)
        return is_finished

    def odd_sets(self) -> list[tuple[int, tuple[int, ...]]]:
        """Return twice the price of each blossom that has one, with its people in ascending order."""
        blossoms = (node for node in range(self.people, len(self.base)) if self.children[node] and self.dual[node])
        found = [(self.dual[node], tuple(sorted(self._leaves(node)))) for node in blossoms]
        return sorted(found, key=lambda each: each[1])

    def _top(self, person: int) -> int:
        """Return the outermost node around a person."""
        return self.node_of[self.cell[person]]

    def _leaves(self, node: int) -> Iterator[int]:
        """Yield the people inside a node."""
        stack = [node]
        while stack:
            each = stack.pop()
            if each < self.people:
                yield each
            else:
                stack.extend(self.children[each])

    def _search(self, root: int) -> None:
        """Grow a tree from somebody who is alone, until that person or somebody in the tree is served."""
        self.now, self.events, self.latest = 0, [], self._price_now(root)
        self._make_outer(self._top(root), None)
        while not self._happens(*heappop(self.events)):
            pass
        self._close()

    def _happens(self, time: int, kind: int, one: int, other: int, weight: int) -> bool:
        """Let an event happen; True if it ends the search."""
        self.now = time
        if kind == ALONE:
            self._flip(one, NOBODY)
            return True
        if kind == EMPTY:
            if self.label[one] == INNER and self.since[one] == other:
                self._open_inner(one)
            return False
        return self._meets(one, other, weight)

    def _meets(self, one: int, other: int, weight: int) -> bool:
        """Look at a pair that may have become tight, `one` of which is in an outer node; True ends the search."""
        node = self._top(other)
        if node == self._top(one) or self.label[node] == INNER:
            return False
        if self._price_now(one) + self._price_now(other) > weight:
            self._foresee(one, other, weight)
        elif self.label[node] == OUTER:
            self._shrink(one, other)
        elif self.mate[self.base[node]] == NOBODY:
            self._flip(one, other)
            self._flip(other, one)
            return True
        else:
            base = self.base[node]
            self._make_inner(node, (one, other))
            self._make_outer(self._top(self.mate[base]), (base, self.mate[base]))
        return False

    def _price_now(self, person: int) -> int:
        """Return twice the price of a person, with what the present tree added or took off."""
        node = self.node_of[self.cell[person]]
        label = self.label[node]
        if label == OUTER:
            return self.price[person] - self.now + self.began[person]
        raised = self.price[person] + self.shift[node]
        return raised + self.now - self.since[node] if label == INNER else raised

    def _foresee(self, one: int, other: int, weight: int) -> None:
        """Note when a pair, `one` of which is in an outer node and `other` not in an inner one, will be tight."""
        slack = self._price_now(one) + self._price_now(other) - weight
        node = self._top(other)
        time = self.now + (slack // 2 if self.label[node] == OUTER else slack)
        if time > self.latest:
            return
        if self.label[node] == FREE and self.mate[self.base[node]] == NOBODY:
            # Whatever else happens, the search ends here at the latest.
            self.latest = time
        heappush(self.events, (time, TIGHT, one, other, weight))

    def _make_outer(self, node: int, entry: Edge | None) -> None:
        """Put a node into the tree at an even distance from the root: its prices fall."""
        self._label(node, OUTER, entry)
        self._scan_all(node)

    def _scan_all(self, node: int) -> None:
        """Begin with a node that has just become an outer one."""
        people, raised = list(self._leaves(node)), self.shift[node]
        if raised:
            self.shift[node] = 0
            for person in people:
                self.price[person] += raised
        self._scan(people)

    def _make_inner(self, node: int, entry: Edge) -> None:
        """Put a node into the tree at an odd distance from the root: its prices rise, and a blossom's own falls."""
        self._label(node, INNER, entry)
        if node >= self.people:
            heappush(self.events, (self.now + self.dual[node] // 2, EMPTY, node, self.now, 0))

    def _label(self, node: int, label: int, entry: Edge | None) -> None:
        self.label[node], self.entry[node], self.since[node] = label, entry, self.now
        self.labelled.append(node)

    def _scan(self, fresh: list[int]) -> None:
        """Note what will happen around people who have just come into an outer node."""
        cell, node_of, label, now = self.cell, self.node_of, self.label, self.now
        for person in fresh:
            self.began[person] = now
            alone = now + self.price[person]
            if alone <= self.latest:
                self.latest = alone
                heappush(self.events, (alone, ALONE, person, 0, 0))
        for person in fresh:
            home = node_of[cell[person]]
            for other, weight in self.neighbours[person]:
                node = node_of[cell[other]]
                if node != home and label[node] != INNER:
                    self._foresee(person, other, weight)

    def _flip(self, person: int, partner: int) -> None:
        """Give a person in the tree this partner, and change pairs along the way back to the root."""
        while True:
            node = self._top(person)
            self._turn(node, person)
            self.mate[person] = partner
            entry = self.entry[node]
            if self.label[node] == FREE or entry is None:
                return
            above = self._top(entry[0])
            step = self.entry[above]
            if step is None:
                raise AssertionError("an inner node hangs on no outer one")
            self._turn(above, step[1])
            self.mate[step[1]] = step[0]
            person, partner = step

    def _turn(self, node: int, person: int) -> None:
        """Change the pairs inside a blossom so that this person is the one who is not paired inside it."""
        work = [(node, person)]
        while work:
            node, person = work.pop()
            if self.base[node] == person:
                continue
            child = self._child(node, person)
            work.append((child, person))
            children, ring = self.children[node], self.ring[node]
            at = children.index(child)
            children[:] = children[at:] + children[:at]
            ring[:] = ring[at:] + ring[:at]
            self.base[node] = person
            for place in range(1, len(children), 2):
                one, other = ring[place]
                work.extend(((children[place], one), (children[place + 1], other)))
                self.mate[one], self.mate[other] = other, one

    def _child(self, node: int, person: int) -> int:
        """Return the child of a blossom that holds a person."""
        child = person
        while self.parent[child] != node:
            child = self.parent[child]
        return child

    def _settle(self, node: int) -> None:
        """Write what the tree changed so far into the prices of a node's people and into its own."""
        if self.label[node] == OUTER:
            for person in self._leaves(node):
                self.price[person] -= self.now - self.began[person]
        else:
            raised = self.shift[node] + self.now - self.since[node]
            self.shift[node] = 0
            for person in self._leaves(node):
                self.price[person] += raised
        self._settle_dual(node)

    def _settle_dual(self, node: int) -> None:
        """Write what the tree changed so far into the own price of a blossom."""
        if node >= self.people:
            sign = 1 if self.label[node] == INNER else -1
            self.dual[node] -= 2 * sign * (self.now - self.since[node])

    def _shrink(self, one: int, other: int) -> None:
        """Make a blossom of the odd cycle that a tight pair of two outer nodes closes."""
        joint = self._meeting(self._top(one), self._top(other))
        path, ring = [], [(one, other)]
        node = self._top(one)
        while node != joint:
            path.append(node)
            entry = self._entry(node)
            ring.append(entry)
            node = self._top(entry[0])
        path.append(joint)
        path.reverse()
        ring.reverse()
        node = self._top(other)
        while node != joint:
            path.append(node)
            entry = self._entry(node)
            ring.append((entry[1], entry[0]))
            node = self._top(entry[0])
        self._enclose(joint, path, ring)

    def _entry(self, node: int) -> Edge:
        entry = self.entry[node]
        if entry is None:
            raise AssertionError("the root has no entry")
        return entry

    def _meeting(self, one: int, other: int) -> int:
        """Return the lowest node of the tree above both."""
        seen, ways = set(), [one, other]
        while True:
            for at, node in enumerate(ways):
                if node == NOBODY:
                    continue
                if node in seen:
                    return node
                seen.add(node)
                entry = self.entry[node]
                ways[at] = NOBODY if entry is None else self._top(entry[0])

    def _enclose(self, joint: int, path: list[int], ring: list[Edge]) -> None:
        """Make a blossom of these outermost nodes; `joint` comes first."""
        blossom = self._new_blossom()
        fresh = [person for node in path if self.label[node] == INNER for person in self._leaves(node)]
        for node in path:
            # People of outer nodes go on as before; only the own price of the node stops here.
            if self.label[node] == INNER:
                self._settle(node)
            else:
                self._settle_dual(node)
            self.parent[node], self.label[node] = blossom, FREE
        self.children[blossom], self.ring[blossom] = path, ring
        self.base[blossom] = self.base[joint]
        self._label(blossom, OUTER, self.entry[joint])
        largest = max(path, key=self.size.__getitem__)
        cell = self.cell_of[largest]
        for node in path:
            if node != largest:
                for person in self._leaves(node):
                    self.cell[person] = cell
        self.cell_of[blossom], self.node_of[cell] = cell, blossom
        self.size[blossom] = sum(self.size[node] for node in path)
        self._scan(fresh)

    def _new_blossom(self) -> int:
        if self.unused:
            node = self.unused.pop()
            self.dual[node], self.parent[node] = 0, NOBODY
            return node
        for table in (self.base, self.parent, self.cell_of):
            table.append(NOBODY)
        for table in (self.dual, self.label, self.since, self.size, self.shift):
            table.append(0)
        self.children.append([])
        self.ring.append([])
        self.entry.append(None)
        return len(self.base) - 1

    def _open(self, node: int) -> tuple[list[int], list[Edge]]:
        """Take an outermost blossom apart; return its children, the base first, and the pairs around the ring."""
        children, ring = self.children[node], self.ring[node]
        for child in children:
            self.parent[child] = NOBODY
            self.label[child], self.entry[child] = FREE, None
            cell = self.cell_of[child]
            self.node_of[cell] = child
            if cell != self.cell_of[node]:
                for person in self._leaves(child):
                    self.cell[person] = cell
        self.children[node], self.ring[node] = [], []
        self.label[node], self.entry[node] = FREE, None
        self.unused.append(node)
        return children, ring

    def _open_inner(self, node: int) -> None:
        """Take an inner blossom whose price is used up apart, and keep the even way through it in the tree."""
        entry = self._entry(node)
        raised = self.shift[node] + self.now - self.since[node]
        self.shift[node] = 0
        children, ring = self._open(node)
        for child in children:
            self.shift[child] = raised
        at = children.index(self._top(entry[1]))
        if at % 2:
            way = [*children[at:], children[0]]
            steps = ring[at:]
            free = children[1:at]
        else:
            way = children[at::-1]
            steps = [(other, one) for one, other in reversed(ring[:at])]
            free = children[at + 1 :]
        for place, child in enumerate(way):
            if place % 2 == 0:
                self._make_inner(child, entry if place == 0 else steps[place - 1])
            else:
                self._label(child, OUTER, steps[place - 1])
        for child in way[1::2]:
            self._scan_all(child)
        for child in free:
            for person in self._leaves(child):
                self._rescan(person)

    def _rescan(self, person: int) -> None:
        """Note when pairs of a person who has left the tree will be tight."""
        for other, weight in self.neighbours[person]:
            if self.label[self._top(other)] == OUTER:
                self._foresee(other, person, weight)

    def _close(self) -> None:
        """Write the prices down and take the tree away."""
        for node in self.labelled:
            if self.label[node] == FREE:
                continue
            if self.label[node] == OUTER:
                self._settle(node)
            else:
                self._settle_dual(node)
                self.shift[node] += self.now - self.since[node]
            was_outer = self.label[node] == OUTER
            self.label[node], self.entry[node] = FREE, None
            if was_outer:
                self._drop_worthless(node)
        self.labelled.clear()

    def _drop_worthless(self, node: int) -> None:
        """Take apart an outermost blossom without a price, and those inside it."""
        work = [node]
        while work:
            node = work.pop()
            if node >= self.people and self.dual[node] == 0:
                work.extend(self._open(node)[0])

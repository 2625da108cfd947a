"""How ranks of two indexes become one."""

from index.search.retriever import fused


def test_reciprocal_rank_fusion_by_hand() -> None:
    dense, lexical = {7: 1, 8: 2, 9: 3}, {9: 1, 5: 2}
    # 9: 1/63 + 1/61, 7: 1/61, 5 and 8: 1/62 each
    assert fused((dense, lexical), {5, 7, 8, 9}) == {9: 1, 7: 2, 5: 3, 8: 4}


def test_a_lost_index_leaves_the_order_of_the_other() -> None:
    assert fused(({}, {3: 1, 1: 2}), {1, 3}) == {3: 1, 1: 2}

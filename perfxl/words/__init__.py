"""Word documents: 退回意见书, 评分底稿, 自评报告. One module per document, on one page set-up."""

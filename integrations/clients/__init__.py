"""Reading the sources' APIs: addresses, pages and nothing else. What the answers mean is the sources' business."""

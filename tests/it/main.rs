mod asset;

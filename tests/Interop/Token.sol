// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// A token for the tests: what its maker holds at first is moved to others; it can be told to refuse a receiver.
contract Token {
    uint8 public immutable decimals;
    mapping(address => uint256) public balanceOf;
    mapping(address => bool) public refused;
    event Transfer(address indexed from, address indexed to, uint256 value);

    constructor(uint8 places, uint256 supply, address holder) {
        decimals = places;
        balanceOf[holder] = supply;
    }

    function refuse(address receiver, bool value) external {
        refused[receiver] = value;
    }

    function transfer(address to, uint256 value) external returns (bool) {
        require(!refused[to], "refused");
        require(balanceOf[msg.sender] >= value, "too little");
        balanceOf[msg.sender] -= value;
        balanceOf[to] += value;
        emit Transfer(msg.sender, to, value);
        return true;
    }
}
